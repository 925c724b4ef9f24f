//! Where things can be downloaded: the provider is asked for each of them.

use futures::future::join_all;
use meridian_kernel::Instant;

/// How many links are asked for at a time: providers limit how often they are asked.
const AT_A_TIME: usize = 10;

/// A link; `None`: what it led to is gone. The error is for logs.
pub type Link = Result<Option<String>, String>;

/// Asks for the link of each id, in their order, until that time; those left then fail.
pub async fn links<'a, F: Future<Output = Link>>(
    ids: &[&'a str],
    until: Instant,
    ask: impl Fn(&'a str) -> F,
) -> Vec<Link> {
    let mut links = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_A_TIME) {
        if Instant::now() < until {
            links.extend(join_all(some.iter().map(|id| ask(id))).await);
        } else {
            let late = || Err("the video provider is too slow to be asked for more".to_owned());
            links.extend(some.iter().map(|_| late()));
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::poll_fn;
    use std::task::Poll;

    use futures::executor::block_on;

    use super::*;

    /// Becomes ready when polled for the nth time.
    async fn after(times: usize) {
        let mut left = times;
        poll_fn(|context| {
            left = left.saturating_sub(1);
            if left == 0 {
                Poll::Ready(())
            } else {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
    }

    #[test]
    fn links_come_in_order_and_few_are_asked_for_at_a_time() {
        let (open, most) = (Cell::new(0), Cell::new(0));
        let ids: Vec<String> = (0..25).map(|n| n.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let ask = async |id: &str| {
            open.set(open.get() + 1);
            most.set(most.get().max(open.get()));
            let number: usize = id.parse().unwrap();
            after(2 + number * 7 % 10).await;
            open.set(open.get() - 1);
            if number == 3 { Err("refused".to_owned()) } else { Ok(Some(id.to_owned())) }
        };
        let found = block_on(links(&ids, Instant::LATEST, ask));
        assert_eq!((open.get(), most.get()), (0, AT_A_TIME));
        for (id, link) in ids.iter().zip(&found) {
            let expected =
                if *id == "3" { Err("refused".to_owned()) } else { Ok(Some((*id).to_owned())) };
            assert_eq!(*link, expected);
        }
        assert_eq!(found.len(), 25);
    }

    #[test]
    fn when_time_is_up_nobody_is_asked() {
        let asked = Cell::new(0);
        let ask = async |_: &str| {
            asked.set(asked.get() + 1);
            Ok(None)
        };
        let found = block_on(links(&["a", "b"], Instant::EARLIEST, ask));
        assert!(found.len() == 2 && found.iter().all(Result::is_err), "{found:?}");
        assert_eq!(asked.get(), 0);
    }
}
