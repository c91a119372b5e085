//! Work on many sheets or files side by side.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Does `work` for each number, on as many threads as there are processors, and gives the results in order.
///
/// Threads of their own: a worker of a shared pool that waits for the engine takes up another sheet meanwhile, on the
/// same stack, and a thousand small sheets overflow it.
#[must_use]
pub fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let worker = || {
            let mut own = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return own;
                }
                own.push((number, work(number)));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<(usize, T)>>| match worker.join() {
            Ok(own) => own,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        workers.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does `work` for each number on so many threads, and hands the results to `take` in order, while the threads go on.
/// No thread starts what lies more than `threads` beyond what is being taken, so that results do not pile up.
///
/// # Errors
/// The first that `take` returns; what has been started is finished, nothing more is begun.
pub fn in_order<T: Send, E>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    struct State<T> {
        next: usize,
        taken: usize,
        ready: BTreeMap<usize, T>,
    }
    let threads = threads.max(1);
    let state = Mutex::new(State { next: 0, taken: 0, ready: BTreeMap::new() });
    let changed = Condvar::new();
    let locked = || state.lock().unwrap_or_else(PoisonError::into_inner);
    // A thread that ends by a panic must not leave the others waiting.
    let stop = || {
        locked().next = count;
        changed.notify_all();
    };
    std::thread::scope(|scope| {
        let worker = || {
            loop {
                let number = {
                    let ahead = |state: &mut State<T>| state.next < count && state.next >= state.taken + threads;
                    let mut state = changed.wait_while(locked(), ahead).unwrap_or_else(PoisonError::into_inner);
                    if state.next >= count {
                        return;
                    }
                    state.next += 1;
                    state.next - 1
                };
                let done = work(number);
                locked().ready.insert(number, done);
                changed.notify_all();
            }
        };
        let workers: Vec<_> = (0..threads.min(count)).map(|_| scope.spawn(worker)).collect();
        for number in 0..count {
            let missing = |state: &mut State<T>| {
                !state.ready.contains_key(&number) && !workers.iter().all(std::thread::ScopedJoinHandle::is_finished)
            };
            let done = loop {
                // Looks up now and then, because a thread that has panicked says nothing.
                let waited = changed.wait_timeout_while(locked(), std::time::Duration::from_millis(100), missing);
                let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
                state.taken = number + 1;
                if let Some(done) = state.ready.remove(&number) {
                    break Some(done);
                }
                if workers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                    break None;
                }
            };
            changed.notify_all();
            // Only after a panic, which the end of the scope passes on.
            let Some(done) = done else { return Ok(()) };
            if let Err(error) = take(number, done) {
                stop();
                return Err(error);
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_an_error_ends_it() {
        let mut taken = Vec::new();
        let slow = |number: usize| {
            std::thread::sleep(std::time::Duration::from_millis(if number.is_multiple_of(3) { 4 } else { 1 }));
            number * 10
        };
        let all: Result<(), ()> = in_order(20, 3, slow, |number, result| {
            taken.push((number, result));
            Ok(())
        });
        assert_eq!((all, taken), (Ok(()), (0..20).map(|number| (number, number * 10)).collect()));
        let begun = AtomicUsize::new(0);
        let counted = |_| begun.fetch_add(1, Ordering::Relaxed);
        assert_eq!(in_order(1000, 2, counted, |number, _| if number == 5 { Err("够了") } else { Ok(()) }), Err("够了"));
        assert!(begun.into_inner() < 20);
    }
}
