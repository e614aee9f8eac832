//! The integer statistics of ROUGE (Lin, ACL 2004 workshop), as rouge-score counts them, one row a prediction.

use crate::error::KernelError;
use crate::kernels::parallel::fill_rows;
use crate::kernels::rouge::pair_counter::{PairCounter, RougeType};
use crate::kernels::rouge::readers::{
    NumberReader, NumberedText, Reader, RougeTokenization, TextReader,
};
use crate::kernels::segments::group_references;

/// Predictions a thread takes at a time, at least.
const MIN_SEGMENTS: usize = 16;

/// Statistics of texts: for each prediction and type [hits, n-grams of the prediction, n-grams of the target].
///
/// `targets` holds the targets of all predictions one after the other, `target_counts` how many each has; of several
/// the one with the highest F counts, for each type apart, and the first of equals.
///
/// # Errors
///
/// A prediction without a target, counts that do not add up, or texts of 4 GiB or more to be compared.
pub fn rouge_statistics<T: AsRef<[u8]> + Sync>(
    targets: &[T],
    target_counts: &[i64],
    predictions: &[T],
    types: &[RougeType],
    tokenization: RougeTokenization,
    use_stemmer: bool,
) -> Result<Vec<i64>, KernelError> {
    let groups = group_references(targets, target_counts, predictions.len())?;
    for (group, prediction) in groups.iter().zip(predictions) {
        let texts = group.iter().chain([prediction]);
        let bytes = texts.map(|text| text.as_ref().len()).sum();
        if u32::try_from(bytes).is_err() {
            return Err(KernelError::TextTooLong { bytes });
        }
    }
    let new_reader = || TextReader::new(tokenization, use_stemmer);
    Ok(count_all(&groups, predictions, types, new_reader))
}

/// The same of texts whose words are numbered below `limit` already.
///
/// # Errors
///
/// A prediction without a target, or counts that do not add up.
pub fn rouge_statistics_of_numbers(
    targets: &[NumberedText],
    target_counts: &[i64],
    predictions: &[NumberedText],
    types: &[RougeType],
    limit: usize,
) -> Result<Vec<i64>, KernelError> {
    let groups = group_references(targets, target_counts, predictions.len())?;
    Ok(count_all(&groups, predictions, types, || NumberReader {
        limit,
    }))
}

fn count_all<T: Sync, R: Reader<T>>(
    groups: &[&[T]],
    predictions: &[T],
    types: &[RougeType],
    new_reader: impl Fn() -> R + Send + Sync,
) -> Vec<i64> {
    let width = 3 * types.len();
    let mut statistics = vec![0; predictions.len() * width];
    if width > 0 {
        fill_rows(
            &mut statistics,
            width,
            MIN_SEGMENTS,
            || Counter::new(types, new_reader()),
            |counter, index, row| counter.fill(row, groups[index], &predictions[index]),
        );
    }
    statistics
}

/// Counts one prediction after another with the same buffers.
struct Counter<'a, R> {
    types: &'a [RougeType],
    max_order: usize,
    reader: R,
    target: NumberedText,
    prediction: NumberedText,
    pair: PairCounter,
}

impl<'a, R> Counter<'a, R> {
    fn new(types: &'a [RougeType], reader: R) -> Self {
        let orders = types.iter().map(|kind| match kind {
            RougeType::Ngram(order) => *order,
            _ => 0,
        });
        Self {
            types,
            max_order: orders.max().unwrap_or(0),
            reader,
            target: NumberedText::default(),
            prediction: NumberedText::default(),
            pair: PairCounter::default(),
        }
    }

    fn fill<T>(&mut self, row: &mut [i64], targets: &[T], prediction: &T)
    where
        R: Reader<T>,
    {
        self.reader.begin();
        self.reader.read(prediction, &mut self.prediction);
        let mut best = vec![-1.0; self.types.len()];
        for target in targets {
            self.reader.read(target, &mut self.target);
            self.pair
                .set(&self.target, &self.prediction, self.reader.limit());
            self.pair.count_ngrams(self.max_order);
            let places = row.chunks_exact_mut(3).zip(&mut best);
            for (&kind, (place, best)) in self.types.iter().zip(places) {
                let counts = self.pair.counts(kind);
                let [_, _, f] = counts.scores();
                if f > *best {
                    *best = f;
                    place.copy_from_slice(&[counts.hits, counts.prediction, counts.target]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(targets: &[&str], prediction: &str, types: &[RougeType], use_stemmer: bool) -> Vec<i64> {
        let counts = [i64::try_from(targets.len()).unwrap()];
        let tokenization = RougeTokenization::RougeScore;
        rouge_statistics(
            targets,
            &counts,
            &[prediction],
            types,
            tokenization,
            use_stemmer,
        )
        .unwrap()
    }

    #[test]
    fn counts_of_one_pair() {
        let types = [
            RougeType::Ngram(1),
            RougeType::Ngram(2),
            RougeType::Lcs,
            RougeType::SummaryLcs,
        ];
        let target = "The quick brown fox jumps over the lazy dog";
        let prediction = "The quick brown dog jumps on the log.";
        assert_eq!(
            row(&[target], prediction, &types, true),
            [6, 8, 9, 2, 7, 8, 5, 8, 9, 5, 8, 9]
        );
        assert_eq!(row(&[""], "", &types, false), [0; 12]);
        assert_eq!(row(&["a"], "b", &[], false), Vec::<i64>::new());
    }

    #[test]
    fn lins_example_of_the_union() {
        // Lin 2004, section 3.2: w1 w2 w3 w4 w5 against two sentences, of which the union has 4 words.
        let prediction = "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5";
        let counted = row(
            &["w1 w2 w3 w4 w5"],
            prediction,
            &[RougeType::SummaryLcs],
            false,
        );
        assert_eq!(counted, [4, 10, 5]);
    }

    #[test]
    fn a_word_is_hit_no_more_often_than_the_prediction_has_it() {
        let counted = row(&["a b\na c\na"], "a\nb", &[RougeType::SummaryLcs], false);
        assert_eq!(counted, [2, 2, 5]);
    }

    #[test]
    fn each_type_takes_its_best_target_and_the_first_of_equals() {
        let types = [RougeType::Ngram(1), RougeType::Ngram(2)];
        let counted = row(&["c b a", "a b x y z", "b c a"], "a b c", &types, false);
        assert_eq!(counted, [3, 3, 3, 1, 2, 2]);
        let counted = row(&["x", "y y"], "a", &types, false);
        assert_eq!(counted, [0, 1, 1, 0, 0, 0]);
    }

    #[test]
    fn numbers_give_what_words_give() {
        let text = |words: &[u32], ends: &[usize]| NumberedText {
            words: words.to_vec(),
            sentence_ends: ends.to_vec(),
        };
        let types = [RougeType::Ngram(1), RougeType::Lcs, RougeType::SummaryLcs];
        let target = text(&[3, 1, 2], &[1, 3]);
        let prediction = text(&[2, 3, 4], &[3]);
        let counted =
            rouge_statistics_of_numbers(&[target], &[1], &[prediction], &types, 5).unwrap();
        assert_eq!(counted, row(&["c\na b"], "b c d", &types, false));
    }

    #[test]
    fn misfit_targets_are_refused() {
        let run = |counts: &[i64]| {
            let (texts, unicode) = (["a", "b"], RougeTokenization::Unicode);
            rouge_statistics(&texts, counts, &texts, &[RougeType::Lcs], unicode, false)
        };
        assert!(matches!(
            run(&[2, 0]),
            Err(KernelError::NoReference { segment: 1 })
        ));
        assert!(matches!(run(&[1, 2]), Err(KernelError::Lengths { .. })));
        assert!(matches!(run(&[2]), Err(KernelError::Lengths { .. })));
    }
}
