//! Words that stand for numbers, or change one.

/// Words that stand for a number; sorted.
#[rustfmt::skip]
const NUMBERS: [&[u8]; 61] = [
    b"billion", b"billions", b"couple", b"double", b"dozen", b"dozens", b"eight", b"eighteen",
    b"eighty", b"eleven", b"fifteen", b"fifth", b"fifths", b"fifty", b"five", b"forty", b"four",
    b"fourteen", b"half", b"halves", b"hundred", b"hundreds", b"infinity", b"million", b"millions",
    b"nil", b"nine", b"nineteen", b"ninety", b"none", b"nothing", b"nought", b"once", b"one",
    b"pair", b"pairs", b"quarter", b"quarters", b"seven", b"seventeen", b"seventy", b"six",
    b"sixteen", b"sixty", b"ten", b"third", b"thirds", b"thirteen", b"thirty", b"thousand",
    b"thousands", b"three", b"thrice", b"trillion", b"trillions", b"triple", b"twelve", b"twenty",
    b"twice", b"two", b"zero",
];

/// Words that, behind a number, make it another one or a statement about it; sorted.
#[rustfmt::skip]
const CHANGES: [&[u8]; 33] = [
    b"and", b"are", b"bn", b"but", b"cubed", b"divided", b"except", b"factorial", b"fewer", b"if",
    b"is", b"isn't", b"less", b"minus", b"mn", b"mod", b"modulo", b"more", b"nor", b"not", b"or",
    b"over", b"pi", b"plus", b"power", b"root", b"sqrt", b"squared", b"than", b"times", b"tn",
    b"to", b"was",
];

/// Words of mathematics; sorted.
const MATHEMATICS: [&[u8]; 11] = [
    b"cos", b"exp", b"log", b"minus", b"pi", b"plus", b"root", b"sin", b"sqrt", b"tan", b"times",
];

fn is_among(word: &[u8], sorted: &[&[u8]]) -> bool {
    if word.len() > 12 {
        return false;
    }
    let mut lowered = [0; 12];
    let lowered = &mut lowered[..word.len()];
    lowered.copy_from_slice(word);
    lowered.make_ascii_lowercase();
    sorted.binary_search(&&*lowered).is_ok()
}

/// Whether `word`, in any case, stands for a number.
pub(super) fn is_number_word(word: &[u8]) -> bool {
    is_among(word, &NUMBERS)
}

/// Whether `word`, in any case, is no unit.
pub(super) fn is_no_unit(word: &[u8]) -> bool {
    is_among(word, &NUMBERS) || is_among(word, &CHANGES)
}

/// Whether `word`, in any case, may be part of an expression.
pub(super) fn is_mathematics(word: &[u8]) -> bool {
    is_among(word, &MATHEMATICS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_short() {
        for list in [&NUMBERS[..], &CHANGES, &MATHEMATICS] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(list.iter().all(|word| word.len() <= 12));
        }
        assert!(is_number_word(b"Seven") && is_no_unit(b"dozen") && !is_no_unit(b"eggs"));
    }
}
