//! Which rank each block gets under a total budget.

/// What a block would cost at some rank.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Choice {
    /// r
    pub rank: usize,
    /// CX of both signs.
    pub cx: usize,
    /// The squared error that it brings, in units that add up over blocks.
    pub loss: f64,
}

/// Chooses one of each block's choices, sorted by increasing rank, so that the CX sum up to at most `budget`: starting
/// from the largest ranks, the step down that loses least for each CX saved is taken until the budget holds. Returns the
/// index of each choice; the smallest ranks where even they exceed the budget.
pub fn choose_ranks(choices: &[Vec<Choice>], budget: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = choices.iter().map(|list| list.len() - 1).collect();
    let total = |chosen: &[usize]| chosen.iter().zip(choices).map(|(&i, list)| list[i].cx).sum::<usize>();
    while total(&chosen) > budget {
        let price = |block: usize| {
            let here = choices[block][chosen[block]];
            let steps = choices[block][..chosen[block]].iter().enumerate().filter(move |(_, c)| c.cx < here.cx);
            steps.map(move |(i, c)| ((c.loss - here.loss) / (here.cx - c.cx) as f64, block, i))
        };
        let best = (0..choices.len()).flat_map(price).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, block, index)) = best else { break };
        chosen[block] = index;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_kept_where_they_can_be() {
        let list = |losses: [f64; 3]| -> Vec<Choice> {
            [2, 4, 8]
                .iter()
                .zip([100, 200, 400])
                .zip(losses)
                .map(|((&rank, cx), loss)| Choice { rank, cx, loss })
                .collect()
        };
        let choices = vec![list([9.0, 1.0, 0.1]), list([0.5, 0.2, 0.1])];
        assert_eq!(choose_ranks(&choices, 1000), [2, 2]);
        assert_eq!(choose_ranks(&choices, 500), [2, 0]);
        assert_eq!(choose_ranks(&choices, 300), [1, 0]);
        assert_eq!(choose_ranks(&choices, 10), [0, 0]);
    }
}
