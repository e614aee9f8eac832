//! Where a text holds anything but ASCII letters and digits, 64 bytes at a time.
//!
//! Tokenizers act on few bytes; most belong to words and need no look of their own.

/// Bytes that one mask covers.
pub const BLOCK: usize = 64;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * LOW;

/// Bit `i` is set if byte `text[from + i]` is ASCII but no letter or digit, or beyond ASCII and in `beyond`.
///
/// Bits past the end of the text are 0. `beyond` has an entry for each byte; those of ASCII are not read.
#[inline]
#[must_use]
pub fn special_mask(text: &[u8], from: usize, beyond: &[bool; 256]) -> u64 {
    let rest = &text[from..];
    if let Some(block) = rest.first_chunk::<BLOCK>() {
        let mut mask = 0;
        for (i, eight) in block.chunks_exact(8).enumerate() {
            mask |= mask_of_eight(eight, beyond) << (8 * i);
        }
        return mask;
    }
    let mut mask = 0;
    let eights = rest.chunks_exact(8);
    let (last, n_eights) = (eights.remainder(), eights.len());
    for (i, eight) in eights.enumerate() {
        mask |= mask_of_eight(eight, beyond) << (8 * i);
    }
    if !last.is_empty() {
        let mut padded = [b'a'; 8];
        padded[..last.len()].copy_from_slice(last);
        mask |= mask_of_eight(&padded, beyond) << (8 * n_eights);
    }
    mask
}

#[inline]
fn mask_of_eight(bytes: &[u8], beyond: &[bool; 256]) -> u64 {
    let word = bytes.try_into().map_or(0, u64::from_le_bytes);
    if word & HIGH == 0 {
        // The high bit of each byte of `at_least(x, c)` says whether that byte of `x` is at least `c`.
        let at_least = |x: u64, c: u8| x + u64::from(0x80 - c) * LOW;
        let folded = word | (0x20 * LOW);
        let letters = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
        let digits = at_least(word, b'0') & !at_least(word, b'9' + 1);
        let special = !(letters | digits) & HIGH;
        return ((special >> 7).wrapping_mul(0x0102_0408_1020_4080)) >> 56;
    }
    bytes.iter().enumerate().fold(0, |mask, (i, &byte)| {
        let special = if byte < 0x80 {
            !byte.is_ascii_alphanumeric()
        } else {
            beyond[byte as usize]
        };
        mask | u64::from(special) << i
    })
}

/// Calls `visit(i)` for each special byte of `text` in order until it returns false; returns whether all were visited.
#[inline]
pub fn visit_special(
    text: &[u8],
    beyond: &[bool; 256],
    mut visit: impl FnMut(usize) -> bool,
) -> bool {
    let mut from = 0;
    while from < text.len() {
        let mut mask = special_mask(text, from, beyond);
        while mask != 0 {
            if !visit(from + mask.trailing_zeros() as usize) {
                return false;
            }
            mask &= mask - 1;
        }
        from += BLOCK;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_of_every_length() {
        let mut beyond = [false; 256];
        beyond[0xc2] = true;
        for len in 1..140 {
            for byte in 0..=255_u8 {
                let at = (len * 7 + byte as usize) % len;
                let mut text = vec![b'x'; len];
                text[at] = byte;
                let special = if byte < 0x80 {
                    !byte.is_ascii_alphanumeric()
                } else {
                    byte == 0xc2
                };
                let mut found = Vec::new();
                assert!(visit_special(&text, &beyond, |i| {
                    found.push(i);
                    true
                }));
                assert_eq!(
                    found,
                    if special { vec![at] } else { vec![] },
                    "{byte} {len}"
                );
            }
        }
    }

    #[test]
    fn stops_when_told() {
        let mut n = 0;
        assert!(!visit_special(&[b' '; 100], &[false; 256], |_| {
            n += 1;
            n < 70
        }));
        assert_eq!(n, 70);
    }
}
