//! Reading a column by its distinct values: what one value means is worked out once.

use polars::prelude::{PlHashMap, StringChunked, StringChunkedBuilder};

/// Applies `read` to each value, once for each distinct one.
pub fn each<'a, T: Clone>(values: &[Option<&'a str>], mut read: impl FnMut(&'a str) -> Option<T>) -> Vec<Option<T>> {
    // Only looked up in, never walked through: its order does not matter.
    let mut known: PlHashMap<&'a str, Option<T>> = PlHashMap::default();
    values.iter().map(|value| value.and_then(|text| known.entry(text).or_insert_with(|| read(text)).clone())).collect()
}

/// The same for texts, as a column: what a value becomes is kept once, and copied nowhere else.
pub fn texts<'a, T: AsRef<str>>(
    values: &[Option<&'a str>],
    mut read: impl FnMut(&'a str) -> Option<T>,
) -> StringChunked {
    let mut known: PlHashMap<&'a str, Option<T>> = PlHashMap::default();
    let mut out = StringChunkedBuilder::new("".into(), values.len());
    for value in values {
        let found = value.and_then(|text| known.entry(text).or_insert_with(|| read(text)).as_ref());
        out.append_option(found.map(AsRef::as_ref));
    }
    out.finish()
}

/// The same where hardly two values are alike.
pub fn all_texts<'a, T: AsRef<str>>(
    values: &[Option<&'a str>],
    mut read: impl FnMut(&'a str) -> Option<T>,
) -> StringChunked {
    let mut out = StringChunkedBuilder::new("".into(), values.len());
    for value in values {
        match value.and_then(&mut read) {
            Some(text) => out.append_value(text),
            None => out.append_null(),
        }
    }
    out.finish()
}
