//! The longest span of tokens that a text contains twice, by suffix array (Manber and Myers, 1993) and the intervals of
//! common prefixes (Kasai et al., 2001): n log n at worst, also for the loops that make comparisons of suffixes slow.

use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::parallel::fill_rows;

/// Texts a thread takes at a time, at least.
const MIN_TEXTS: usize = 16;

/// For each text `[length, first start, last start]` of its longest repeated span, in tokens; zeros if there is none.
///
/// Unless `overlap`, first and last occurrence do not share a token. Of several longest spans the one that starts first
/// is reported.
#[must_use]
pub fn repeated_spans(texts: TokenSequences<'_>, overlap: bool) -> Vec<i64> {
    let mut rows = vec![0; 3 * texts.len()];
    fill_rows(
        &mut rows,
        3,
        MIN_TEXTS,
        || (),
        |(), index, row| {
            let span = repeated_span(&texts.ids()[texts.range(index)], overlap);
            row.copy_from_slice(&span.map(|value| value as i64));
        },
    );
    rows
}

/// `[length, first start, last start]` of the longest span that occurs twice.
#[must_use]
pub fn repeated_span(ids: &[u32], overlap: bool) -> [usize; 3] {
    if ids.len() < 2 {
        return [0; 3];
    }
    let order = suffix_array(ids);
    let common = common_prefixes(ids, &order);
    let mut best = [0; 3];
    let mut consider = |depth: u32, low: u32, high: u32| {
        let length = if overlap {
            depth
        } else {
            depth.min(high - low)
        };
        let found = [length as usize, low as usize, high as usize];
        // Longer, else earlier, else with the later last occurrence.
        let (low, high) = (found[1] as i64, found[2] as i64);
        if (found[0], -low, high) > (best[0], -(best[1] as i64), best[2] as i64) {
            best = found;
        }
    };
    // Open intervals of suffixes that share so many tokens, with the first and last place among them.
    let mut open = vec![(0, u32::MAX, 0)];
    for at in 1..=ids.len() {
        let depth = common.get(at).copied().unwrap_or(0);
        let (mut low, mut high) = (order[at - 1], order[at - 1]);
        while let Some(&(deeper, first, last)) = open.last().filter(|interval| interval.0 > depth) {
            open.pop();
            (low, high) = (low.min(first), high.max(last));
            consider(deeper, low, high);
        }
        match open.last_mut() {
            Some(interval) if interval.0 == depth => {
                (interval.1, interval.2) = (interval.1.min(low), interval.2.max(high));
            }
            _ => open.push((depth, low, high)),
        }
    }
    if best[0] == 0 { [0; 3] } else { best }
}

/// The places of a text in the order of the suffixes that start there; prefixes twice as long in every round.
fn suffix_array(ids: &[u32]) -> Vec<u32> {
    let n = ids.len();
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.sort_unstable_by_key(|&place| ids[place as usize]);
    let mut ranks = vec![0_u32; n];
    for at in 1..n {
        let differs = ids[order[at] as usize] != ids[order[at - 1] as usize];
        ranks[order[at] as usize] = ranks[order[at - 1] as usize] + u32::from(differs);
    }
    let (mut by_second, mut new_ranks, mut starts) = (vec![0; n], vec![0; n], Vec::new());
    let mut width = 1;
    while width < n && (ranks[order[n - 1] as usize] as usize) < n - 1 {
        // Sorted by what follows `width` tokens on: first the suffixes that end before.
        let short = (n - width) as u32..n as u32;
        let long = order.iter().filter(|&&place| place as usize >= width);
        let seconds = short.chain(long.map(|&place| place - width as u32));
        for (slot, place) in by_second.iter_mut().zip(seconds) {
            *slot = place;
        }
        // A stable counting sort by the first half.
        starts.clear();
        starts.resize(n + 1, 0_u32);
        for &rank in &ranks {
            starts[rank as usize + 1] += 1;
        }
        for at in 1..=n {
            starts[at] += starts[at - 1];
        }
        for &place in &by_second {
            let slot = &mut starts[ranks[place as usize] as usize];
            order[*slot as usize] = place;
            *slot += 1;
        }
        let key = |place: u32| {
            let place = place as usize;
            (ranks[place], ranks.get(place + width).copied())
        };
        new_ranks[order[0] as usize] = 0;
        for at in 1..n {
            let differs = key(order[at]) != key(order[at - 1]);
            new_ranks[order[at] as usize] = new_ranks[order[at - 1] as usize] + u32::from(differs);
        }
        std::mem::swap(&mut ranks, &mut new_ranks);
        width *= 2;
    }
    order
}

/// How many tokens each suffix, in order, shares with the one before it; 0 for the first.
fn common_prefixes(ids: &[u32], order: &[u32]) -> Vec<u32> {
    let n = ids.len();
    let mut place_of = vec![0_u32; n];
    for (at, &place) in (0..).zip(order) {
        place_of[place as usize] = at;
    }
    let mut common = vec![0; n];
    let mut shared = 0;
    for place in 0..n {
        let at = place_of[place] as usize;
        if at == 0 {
            shared = 0;
            continue;
        }
        let before = order[at - 1] as usize;
        let rest = ids[place + shared..].iter().zip(&ids[before + shared..]);
        shared += rest.take_while(|(a, b)| a == b).count();
        common[at] = shared as u32;
        shared = shared.saturating_sub(1);
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::resampling::counter_rng::mix64;

    fn naive(ids: &[u32], overlap: bool) -> [usize; 3] {
        for length in (1..ids.len()).rev() {
            for first in 0..=ids.len() - length {
                let starts = if overlap { first + 1 } else { first + length };
                let last = (starts..(ids.len() + 1).saturating_sub(length))
                    .rev()
                    .find(|&last| ids[first..first + length] == ids[last..last + length]);
                if let Some(last) = last {
                    return [length, first, last];
                }
            }
        }
        [0; 3]
    }

    #[test]
    fn equals_all_pairs_on_random_texts() {
        let mut state = 3;
        let mut draw = |below: u64| {
            state = mix64(state);
            state % below
        };
        for _ in 0..3000 {
            let n_types = 1 + draw(4);
            let ids: Vec<u32> = (0..draw(25)).map(|_| draw(n_types) as u32).collect();
            for overlap in [false, true] {
                assert_eq!(
                    repeated_span(&ids, overlap),
                    naive(&ids, overlap),
                    "{ids:?}"
                );
            }
        }
    }

    #[test]
    fn a_loop_of_one_token() {
        let ids = vec![7; 100_001];
        assert_eq!(repeated_span(&ids, true), [100_000, 0, 1]);
        assert_eq!(repeated_span(&ids, false), [50_000, 0, 50_001]);
    }
}
