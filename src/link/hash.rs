//! A hash that is the same on every machine and in every version: FNV-1a, 64 bits.

/// Hashes parts, with a mark between them so that `("ab", "c")` and `("a", "bc")` differ. Never negative.
#[must_use]
pub fn stable(parts: &[&str]) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    };
    for part in parts {
        part.bytes().for_each(&mut mix);
        mix(0x1f);
    }
    // Shifted, so that it fits; never 0, so that its negative differs from it.
    i64::try_from(hash >> 1).unwrap_or(i64::MAX) | 1
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(super::stable(&["ab", "c"]), super::stable(&["a", "bc"]));
        assert_eq!(super::stable(&["610398"]), super::stable(&["610398"]));
    }
}
