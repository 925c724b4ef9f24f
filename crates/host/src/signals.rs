//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for SIGTERM or SIGINT.
pub async fn stop_requested() {
    let terminate = wait_for(SignalKind::terminate());
    let interrupt = wait_for(SignalKind::interrupt());
    tokio::select! {
        () = terminate => tracing::info!("SIGTERM: stopping"),
        () = interrupt => tracing::info!("SIGINT: stopping"),
    }
}

async fn wait_for(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        // Without the handler the signal ends the process by itself.
        Err(_) => std::future::pending().await,
    }
}
