//! The sum of floats rounded once, as Python's `math.fsum` gives it.

/// The correctly rounded sum of a few finite numbers (Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997).
#[must_use]
pub fn exact_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    // Numbers that do not overlap and add up to the sum, the smallest first.
    let mut parts: Vec<f64> = Vec::new();
    for mut value in values {
        let mut kept = 0;
        for at in 0..parts.len() {
            let mut part = parts[at];
            if value.abs() < part.abs() {
                std::mem::swap(&mut value, &mut part);
            }
            let sum = value + part;
            let lost = part - (sum - value);
            if lost != 0.0 {
                parts[kept] = lost;
                kept += 1;
            }
            value = sum;
        }
        parts.truncate(kept);
        parts.push(value);
    }
    let Some(mut sum) = parts.pop() else {
        return 0.0;
    };
    let mut lost = 0.0;
    while let Some(part) = parts.pop() {
        let before = sum;
        sum = before + part;
        lost = part - (sum - before);
        if lost != 0.0 {
            break;
        }
    }
    // What was lost is half a unit at most; where it is exactly half, the parts below decide which way to round.
    if let Some(below) = parts.last() {
        if (lost < 0.0 && *below < 0.0) || (lost > 0.0 && *below > 0.0) {
            let twice = lost * 2.0;
            let up = sum + twice;
            #[allow(clippy::float_cmp)] // whether the addition was exact
            if up - sum == twice {
                sum = up;
            }
        }
    }
    sum
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equality to the bit is what these tests are about
mod tests {
    use super::exact_sum;

    #[test]
    fn rounds_once() {
        assert_eq!(exact_sum([0.1; 10]), 1.0);
        assert_eq!(exact_sum([1e16, 1.0, 1e-16]), 1e16 + 2.0);
        assert_eq!(exact_sum([1e16, 1.0]), 1e16);
        assert_eq!(exact_sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(exact_sum([]), 0.0);
    }
}
