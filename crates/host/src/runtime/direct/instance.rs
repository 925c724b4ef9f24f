//! One instance, and one call at a time.

use std::future::poll_fn;
use std::task::Poll;

use wasmtime::Store;
use wasmtime::component::Accessor;

use super::Message;
use super::generated::Served;
use crate::runtime::Guest;

/// An instance with its store.
pub(super) struct Instance {
    store: Store<Guest>,
    exports: Served,
    calls: usize,
}

impl Instance {
    pub(super) const fn new(store: Store<Guest>, exports: Served) -> Self {
        Self { store, exports, calls: 0 }
    }

    /// How many requests it was given.
    pub(super) const fn calls(&self) -> usize {
        self.calls
    }

    /// Has it answer, and tells whether it is quiet after that. After an error it
    /// must not be used any more.
    pub(super) async fn answer(&mut self, request: Message) -> wasmtime::Result<(Message, bool)> {
        self.calls += 1;
        // While it idled its time ran out: it would begin by handing the thread back.
        self.store.set_epoch_deadline(1);
        let handler = self.exports.meridian_direct_handler();
        self.store
            .run_concurrent(async |accessor| {
                let answer = handler.call_handle(accessor, request).await?;
                let is_quiet = poll_fn(|cx| Poll::Ready(is_quiet(accessor, cx))).await;
                Ok((answer, is_quiet))
            })
            .await?
    }

    /// Drives it on until nothing runs in it any more.
    pub(super) async fn quiet(&mut self) -> wasmtime::Result<()> {
        self.store
            .run_concurrent(async |accessor| {
                poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
            })
            .await
    }
}

fn is_quiet(accessor: &Accessor<Guest>, cx: &mut std::task::Context<'_>) -> bool {
    accessor.poll_no_interesting_tasks(cx).is_ready()
}
