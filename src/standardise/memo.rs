//! Reading a column by its distinct values: what one value means is worked out once.

use std::collections::BTreeMap;

/// Applies `read` to each value, once for each distinct one.
pub fn each<'a, T: Clone>(values: &[Option<&'a str>], mut read: impl FnMut(&'a str) -> Option<T>) -> Vec<Option<T>> {
    let mut known: BTreeMap<&'a str, Option<T>> = BTreeMap::new();
    values.iter().map(|value| value.and_then(|text| known.entry(text).or_insert_with(|| read(text)).clone())).collect()
}
