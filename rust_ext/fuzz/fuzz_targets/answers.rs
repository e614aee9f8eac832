//! Final answers: bytes and code points are read alike, an answer is found again in itself, equality is symmetric where
//! it is settled, equal numbers have equal keys, and nothing panics.
#![no_main]

use evalsuite_rust_ext::kernels::answers::batch::{compare_all, extract_all, keys, verify_all};
use evalsuite_rust_ext::kernels::answers::extraction::extract;
use evalsuite_rust_ext::kernels::answers::{Finding, MAX_ANSWER, Percent, Policy, Units};
use libfuzzer_sys::fuzz_target;

const PIECES: [&str; 64] = [
    "\\boxed{",
    "boxed",
    "{",
    "}",
    "\\{",
    "\\",
    "$",
    "\\$",
    "answer:",
    "answer is ",
    "Answer",
    "#### ",
    "#",
    "\n",
    " ",
    "  ",
    "1",
    "2",
    "18",
    "0",
    "1,234",
    ",",
    ".",
    ".50",
    "1e3",
    "e-2",
    "1/2",
    "/",
    "2 1/2",
    "^",
    ":",
    "-",
    "+",
    "−",
    "%",
    " percent",
    "\\frac{1}{2}",
    "\\dfrac{3",
    "}{4}",
    "\\sqrt{",
    "2nd",
    "(",
    ")",
    "*",
    "**",
    "_",
    "\"",
    "'",
    "!",
    "=",
    "x = ",
    "€",
    "eggs",
    "dollars",
    "m",
    "dozen",
    "not",
    "north",
    "seven",
    "\\text{",
    "\\left(",
    "{,}",
    "١٨",
    "é",
];

fn text(choice: &[u8]) -> String {
    let piece = |byte: &u8| PIECES[*byte as usize % PIECES.len()];
    choice.iter().take(60).map(piece).collect()
}

fuzz_target!(|choice: &[u8]| {
    let Some((&way, choice)) = choice.split_first() else {
        return;
    };
    let policy = Policy {
        percent: [Percent::Apart, Percent::Ignored, Percent::Hundredths][usize::from(way) % 3],
        units: [Units::Lenient, Units::Ignored, Units::Same][usize::from(way / 3) % 3],
        mixed: way & 64 != 0,
        scientific: way & 128 != 0,
    };
    let (said, gold) = choice.split_at(choice.len() / 2);
    let (said, gold) = (text(said), text(gold));
    if said.is_ascii() {
        let codes: Vec<u32> = said.chars().map(u32::from).collect();
        assert_eq!(extract(said.as_bytes()), extract(codes.as_slice()));
    }
    let (_, range) = extract(said.as_bytes());
    assert!(range.end <= said.len() && range.len() <= MAX_ANSWER + 1);
    let verified = verify_all(&[&said], &[&gold], true, policy);
    assert_eq!(verified[0].rule as u8, extract_all(&[&said])[0].0 as u8);
    let (there, back) = (
        compare_all(&[Some(&said)], &[&gold], policy)[0],
        compare_all(&[Some(&gold)], &[&said], policy)[0],
    );
    let right = |finding| matches!(finding, Finding::SameText | Finding::SameNumber);
    assert_eq!(right(there), right(back), "{said:?} {gold:?}");
    let made = keys(&[Some(&said), Some(&gold)], policy);
    if there == Finding::SameNumber {
        assert_eq!(made[0], made[1], "{said:?} {gold:?}");
    }
    // Bytes that are no UTF-8 only have to be survived.
    let _ = verify_all(&[choice], &[choice], way & 32 == 0, policy);
});
