//! What stands behind a number: its unit, or words that are none.

use crate::kernels::answers::words::{is_no_unit, letter_runs};

/// Units as they are written, whose case matters; sorted.
#[rustfmt::skip]
const SYMBOLS: [&[u8]; 98] = [
    b"B", b"GB", b"GHz", b"GW", b"Gb", b"Hz", b"J", b"KB", b"Kb", b"L", b"MB", b"MHz", b"MJ",
    b"MPa", b"MV", b"MW", b"MWh", b"Mb", b"Mg", b"Mm", b"N", b"Pa", b"TB", b"W", b"cL", b"cal",
    b"cl", b"cm", b"cu", b"dL", b"deg", b"dl", b"dm", b"ft", b"g", b"gal", b"h", b"hPa", b"ha",
    b"hr", b"hrs", b"in", b"kA", b"kB", b"kHz", b"kJ", b"kL", b"kN", b"kPa", b"kV", b"kW", b"kWh",
    b"kb", b"kcal", b"kg", b"kl", b"km", b"kph", b"l", b"lb", b"lbs", b"m", b"mA", b"mHz", b"mL",
    b"mPa", b"mV", b"mW", b"mg", b"mi", b"min", b"ml", b"mm", b"mmol", b"mol", b"mph", b"ms",
    b"nm", b"ns", b"oz", b"pA", b"per", b"ps", b"pt", b"qt", b"rad", b"rpm", b"s", b"sec",
    b"secs", b"sq", b"tbsp", b"tsp", b"ug", b"um", b"us", b"yd", b"yds",
];

/// Units besides plurals in -s: what is counted, measures, money, and words that add nothing; sorted.
#[rustfmt::skip]
const NOUNS: [&[u8]; 69] = [
    b"acre", b"altogether", b"cent", b"centimeter", b"centimetre", b"children", b"cup", b"day",
    b"deer", b"degree", b"dollar", b"each", b"eur", b"euro", b"feet", b"fish", b"foot", b"gallon",
    b"gbp", b"geese", b"gram", b"hectare", b"hertz", b"hour", b"inch", b"joule", b"jpy",
    b"kilogram", b"kilometer", b"kilometre", b"kilowatt", b"left", b"liter", b"litre", b"men",
    b"meter", b"metre", b"mice", b"mile", b"milligram", b"milliliter", b"millilitre",
    b"millimeter", b"millimetre", b"minute", b"month", b"newton", b"ounce", b"people", b"pint",
    b"pound", b"quart", b"radian", b"second", b"sheep", b"tablespoon", b"teaspoon", b"teeth",
    b"ton", b"tonne", b"total", b"usd", b"volt", b"watt", b"week", b"women", b"yard", b"year",
    b"yen",
];

/// Whether words behind a number are its unit, and nothing that might change it.
///
/// Of `2m`, m may be a variable: it is `glued`. Of `$2 m`, m is millions: it is `money`.
pub(super) fn is_unit(unit: &[u8], glued: bool, money: bool) -> bool {
    let words = || letter_runs(unit);
    if words().any(is_no_unit) {
        return false;
    }
    if words().all(is_symbol) {
        return !(money || (glued && unit.len() == 1));
    }
    let is_variable =
        |word: &[u8]| word.len() == 1 && !is_symbol(word) && !word.eq_ignore_ascii_case(b"a");
    !words().any(is_variable) && words().any(is_noun)
}

fn is_symbol(word: &[u8]) -> bool {
    SYMBOLS.binary_search(&word).is_ok()
}

fn is_noun(word: &[u8]) -> bool {
    let word = word.to_ascii_lowercase();
    let is_plural = word.len() > 3
        && word.ends_with(b"s")
        && ![b"ss", b"us", b"is"]
            .iter()
            .any(|ending| word.ends_with(*ending));
    is_plural || NOUNS.binary_search(&word.as_slice()).is_ok()
}

/// A unit in the singular, symbols as they are and words in lower case.
pub(super) fn unit_name(unit: &[u8]) -> Vec<u8> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic();
    let mut name = Vec::with_capacity(unit.len());
    for piece in unit.chunk_by(|&a, &b| is_letter(a) && is_letter(b)) {
        if is_symbol(piece) {
            name.extend_from_slice(piece);
        } else {
            name.extend(piece.iter().map(u8::to_ascii_lowercase));
        }
    }
    let ends_in_symbol = letter_runs(unit).last().is_some_and(is_symbol);
    if !ends_in_symbol && name.ends_with(b"s") {
        name.pop();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert!(
            [SYMBOLS.as_slice(), &NOUNS]
                .iter()
                .all(|list| list.windows(2).all(|pair| pair[0] < pair[1]))
        );
        for unit in [
            "eggs",
            "km/h",
            "sq ft",
            "m",
            "cups of tea",
            "Dollars",
            "mile",
        ] {
            assert!(is_unit(unit.as_bytes(), false, false), "{unit}");
        }
        for other in [
            "lakh",
            "tenths",
            "xy",
            "sin x",
            "wrong",
            "th",
            "x eggs",
            "KM",
            "egg white",
        ] {
            assert!(!is_unit(other.as_bytes(), false, false), "{other}");
        }
        assert!(!is_unit(b"m", true, false) && !is_unit(b"m", false, true));
    }

    #[test]
    fn names() {
        assert_eq!(unit_name(b"Days"), b"day");
        assert_eq!(unit_name(b"s"), b"s");
        assert_eq!(unit_name(b"MW per Hours"), b"MW per hour");
    }
}
