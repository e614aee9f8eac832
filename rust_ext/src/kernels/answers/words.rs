//! Words that stand for numbers, or change or deny one.

use crate::kernels::answers::units::Unit;

/// Words that stand for a number, in the singular; sorted.
#[rustfmt::skip]
const NUMBERS: [&[u8]; 143] = [
    b"acht", b"catorce", b"cento", b"cero", b"cien", b"ciento", b"cinco", b"cincuenta", b"cinq",
    b"cinquanta", b"cinquante", b"cinque", b"couple", b"cuarenta", b"cuatro", b"deux", b"dez",
    b"dezenove", b"dezesseis", b"dezessete", b"dezoito", b"diciannove", b"diciassette",
    b"diciotto", b"dieci", b"diecinueve", b"dieciocho", b"dieciseis", b"diecisiete", b"diez",
    b"dix", b"doce", b"dodici", b"dois", b"dos", b"double", b"douze", b"drei", b"eight",
    b"eighth", b"eighty", b"eins", b"eleven", b"eleventh", b"elf", b"fifth", b"fifty", b"five",
    b"forty", b"four", b"fourth", b"half", b"halve", b"huit", b"hundert", b"infinity", b"neuf",
    b"neun", b"nil", b"nine", b"ninety", b"ninth", b"none", b"nothing", b"nought", b"novanta",
    b"nove", b"noventa", b"nueve", b"ochenta", b"ocho", b"oito", b"once", b"one", b"onze",
    b"ottanta", b"otto", b"quaranta", b"quarante", b"quarenta", b"quarter", b"quatorze",
    b"quatre", b"quatro", b"quattro", b"quince", b"sechs", b"sedici", b"sei", b"seis", b"seize",
    b"sept", b"sesenta", b"sessanta", b"sessenta", b"sete", b"setenta", b"settanta", b"sette",
    b"seven", b"seventh", b"seventy", b"sieben", b"siete", b"six", b"sixth", b"sixty",
    b"soixante", b"tausend", b"ten", b"tenth", b"third", b"thirty", b"three", b"thrice", b"tre",
    b"trece", b"tredici", b"treinta", b"treize", b"trenta", b"trente", b"tres", b"treze",
    b"trinta", b"triple", b"trois", b"twelfth", b"twelve", b"twenty", b"twice", b"two", b"un",
    b"undici", b"uno", b"veinte", b"venti", b"vier", b"vingt", b"vinte", b"zehn", b"zero",
    b"zwei",
];

/// Words for many at a time; those with a part of [`SCALE_PARTS`] are others; sorted.
#[rustfmt::skip]
const SCALES: [&[u8]; 33] = [
    b"basis", b"bn", b"bp", b"crore", b"dozen", b"googol", b"grand", b"gross", b"lac", b"lakh",
    b"mil", b"mila", b"mill", b"mille", b"mio", b"mld", b"mln", b"mn", b"mrd", b"myriad", b"pair",
    b"pct", b"percent", b"percentage", b"permil", b"permille", b"pp", b"ppb", b"ppm", b"promille",
    b"prozent", b"score", b"tn",
];

/// Parts of one, in the singular; sorted.
#[rustfmt::skip]
const FRACTIONS: [&[u8]; 11] = [
    b"eighth", b"fifth", b"fourth", b"half", b"halve", b"ninth", b"quarter", b"seventh", b"sixth",
    b"tenth", b"third",
];

/// Parts of such words.
#[rustfmt::skip]
const SCALE_PARTS: [&[u8]; 5] = [b"hundred", b"thousand", b"illion", b"illiard", b"illone"];

/// Endings of words that stand for a number.
#[rustfmt::skip]
const NUMBER_ENDINGS: [&[u8]; 5] = [b"teen", b"teenth", b"tieth", b"zehn", b"zig"];

/// Words that deny a statement or take it back; sorted.
#[rustfmt::skip]
const DENIALS: [&[u8]; 19] = [
    b"actually", b"cannot", b"except", b"false", b"incorrect", b"instead", b"isn", b"maybe",
    b"minus", b"negative", b"never", b"no", b"nor", b"not", b"or", b"perhaps", b"possibly",
    b"wasn", b"wrong",
];

/// Words that, first in a sentence, take back the one before; sorted.
#[rustfmt::skip]
const RETRACTIONS: [&[u8]; 13] = [
    b"actually", b"but", b"correction", b"hmm", b"hold", b"incorrect", b"never", b"no", b"nope",
    b"or", b"sorry", b"wait", b"wrong",
];

/// Words that, near a number, make it another one or a statement about it; sorted.
#[rustfmt::skip]
const CHANGES: [&[u8]; 68] = [
    b"about", b"almost", b"alpha", b"always", b"and", b"approx", b"approximately", b"are",
    b"around", b"base", b"beta", b"binary", b"but", b"choose", b"cos", b"cot", b"csc", b"cubed",
    b"delta", b"divided", b"does", b"equals", b"estimate", b"estimated", b"exp", b"factorial",
    b"fewer", b"gamma", b"guess", b"has", b"hex", b"hexadecimal", b"if", b"is", b"lambda",
    b"least", b"less", b"lg", b"ln", b"log", b"mod", b"modulo", b"more", b"most", b"mu",
    b"nearly", b"octal", b"omega", b"over", b"phi", b"pi", b"plus", b"power", b"root", b"roughly",
    b"sigma", b"sin", b"sometimes", b"sqrt", b"squared", b"tan", b"tau", b"than",
    b"theta", b"times", b"to", b"was", b"were",
];

/// Words of mathematics; sorted.
#[rustfmt::skip]
const MATHEMATICS: [&[u8]; 11] = [
    b"cos", b"exp", b"log", b"minus", b"pi", b"plus", b"root", b"sin", b"sqrt", b"tan", b"times",
];

/// Calls `then` with the ASCII of `word` in lower case; false with anything else in it.
fn lowered<U: Unit>(word: &[U], then: impl FnOnce(&[u8]) -> bool) -> bool {
    let (mut short, mut long) = ([0; 24], Vec::new());
    let buffer = if word.len() <= short.len() {
        &mut short[..word.len()]
    } else {
        long.resize(word.len(), 0);
        &mut long[..]
    };
    for (byte, unit) in buffer.iter_mut().zip(word) {
        if unit.code() > 0x7f {
            return false;
        }
        *byte = (unit.code() as u8).to_ascii_lowercase();
    }
    then(buffer)
}

fn is_among(word: &[u8], sorted: &[&[u8]]) -> bool {
    sorted.binary_search(&word).is_ok()
}

fn has_scale(word: &[u8]) -> bool {
    SCALE_PARTS
        .iter()
        .any(|part| word.windows(part.len()).any(|piece| piece == *part))
}

fn is_number(word: &[u8]) -> bool {
    let singular = word.strip_suffix(b"s").unwrap_or(word);
    has_scale(word)
        || [word, singular].into_iter().any(|form| {
            is_among(form, &NUMBERS)
                || is_among(form, &SCALES)
                || NUMBER_ENDINGS.iter().any(|ending| form.ends_with(ending))
        })
}

/// Whether `word`, in any case, or its singular, stands for a number.
pub(super) fn is_number_word(word: &[u8]) -> bool {
    lowered(word, is_number)
}

/// Whether `word`, in any case, makes another number of one, or a statement about it.
pub(super) fn is_no_unit<U: Unit>(word: &[U]) -> bool {
    lowered(word, |word| {
        is_among(word, &CHANGES) || is_among(word, &DENIALS) || is_number(word)
    })
}

/// Whether `word`, in any case, denies an answer, or multiplies it.
pub(super) fn is_denial<U: Unit>(word: &[U]) -> bool {
    is_scale(word) || lowered(word, |word| is_among(word, &DENIALS))
}

/// Whether `word`, in any case, names parts of one.
pub(super) fn is_fraction<U: Unit>(word: &[U]) -> bool {
    lowered(word, |word| {
        is_among(word.strip_suffix(b"s").unwrap_or(word), &FRACTIONS)
    })
}

/// Whether `word`, in any case, multiplies the number before it.
pub(super) fn is_scale<U: Unit>(word: &[U]) -> bool {
    lowered(word, |word| {
        let singular = word.strip_suffix(b"s").unwrap_or(word);
        is_among(word, &SCALES) || is_among(singular, &SCALES) || has_scale(word)
    })
}

/// Whether a sentence that starts with `word` takes back, or multiplies, what stands before it.
pub(super) fn is_retraction<U: Unit>(word: &[U]) -> bool {
    lowered(word, |word| {
        is_among(word, &RETRACTIONS) || is_among(word, &SCALES) || has_scale(word)
    })
}

/// Whether `word`, in any case, may be part of an expression.
pub(super) fn is_mathematics(word: &[u8]) -> bool {
    lowered(word, |word| is_among(word, &MATHEMATICS))
}

/// Whether `word`, in any case, may be a Roman numeral.
pub(super) fn is_roman(word: &[u8]) -> bool {
    let is_digit = |byte: &u8| b"ivxlcdm".contains(&byte.to_ascii_lowercase());
    word.len() > 1 && word.iter().all(is_digit)
}

/// The runs of ASCII letters of a text.
pub(super) fn letter_runs<U: Unit>(text: &[U]) -> impl Iterator<Item = &[U]> {
    text.split(|unit| !is_letter(unit.code()))
        .filter(|run| !run.is_empty())
}

/// Whether a character is a letter of ASCII.
pub(super) fn is_letter(code: u32) -> bool {
    code < 0x80 && (code as u8).is_ascii_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [
            &NUMBERS[..],
            &SCALES,
            &FRACTIONS,
            &DENIALS,
            &RETRACTIONS,
            &CHANGES,
            &MATHEMATICS,
        ] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert!(is_number_word(b"Sevens") && is_no_unit(b"dozen".as_slice()));
        assert!(!is_no_unit(b"eggs".as_slice()) && is_denial(b"Millions".as_slice()));
    }
}
