//! The Wilson score interval of a share.

/// Lower and upper bound of the share of `clean` among `units`, for the normal quantile `z`; (0, 1) when there are no units.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
pub fn wilson(clean: usize, units: usize, z: f64) -> (f64, f64) {
    if units == 0 {
        return (0.0, 1.0);
    }
    score_interval(clean as f64 / units as f64, units as f64, z)
}

/// The same for a share that was seen in what is worth `n` independent units, which need not be a whole number.
#[must_use]
pub fn score_interval(share: f64, n: f64, z: f64) -> (f64, f64) {
    if n.is_infinite() {
        return (share, share);
    }
    let shrink = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / shrink;
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / shrink;
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    /// Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, and the cases at the edges.
    #[test]
    fn published_intervals_are_met() {
        let close = |found: (f64, f64), wanted: (f64, f64)| {
            (found.0 - wanted.0).abs() < 5e-5 && (found.1 - wanted.1).abs() < 5e-5
        };
        let z = 1.959_963_984_540_054;
        assert!(close(wilson(81, 263, z), (0.2553, 0.3662)));
        assert!(close(wilson(15, 148, z), (0.0624, 0.1605)));
        assert!(close(wilson(0, 20, z), (0.0, 0.1611)));
        assert!(close(wilson(1, 29, z), (0.0061, 0.1718)));
    }

    #[test]
    fn fewer_units_are_less_sure() {
        let (small, large) = (wilson(19, 20, 1.96), wilson(1900, 2000, 1.96));
        assert!(small.0 < large.0);
    }
}
