//! A request through the gateway and back: of Spin, or of the embedded host, which
//! calls directly where it can.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use meridian_direct::Head;
use meridian_gateway::{ApiError, BODY_LIMIT, Body, Guard, Incoming, RouteTable};
use meridian_kernel::Instant;
use spin_sdk::wasip3::http_compat::IncomingRequestBody;

use crate::SpinServices;
use crate::direct::Message;

/// Serves a request of `wasi:http` with that guard.
pub async fn serve<G: Guard>(
    guard: &G,
    table: &'static RouteTable,
    request: spin_sdk::http::Request,
) -> http::Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = read_body(&parts, body).await;
    let headers = Rc::new(parts.headers);
    let incoming = Incoming { method: parts.method, uri: parts.uri, headers, body };
    let is_head = incoming.method == Method::HEAD;
    let mut response = meridian_gateway::serve(table, guard, &SpinServices, incoming).await;
    if !is_head && response.status() != StatusCode::NO_CONTENT {
        let length = HeaderValue::from(response.body().len());
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
    }
    response.map(Full::new)
}

/// Serves a request that came directly, with its whole body. The host puts on what
/// every answer carries.
pub async fn serve_directly<G: Guard>(
    guard: &G,
    table: &'static RouteTable,
    request: Message,
) -> Message {
    let response = match meridian_direct::read_request(request.head) {
        Ok((method, uri, headers)) => {
            let body = Body::Whole(request.body.into());
            let incoming = Incoming { method, uri, headers: Rc::new(headers), body };
            meridian_gateway::serve_bare(table, guard, &SpinServices, incoming).await
        }
        Err(malformed) => {
            let (error, headers) = (ApiError::internal(malformed), http::HeaderMap::new());
            let now = Instant::now();
            meridian_gateway::error_response(&error, &Method::GET, "/", &headers, now)
        }
    };
    let (parts, body) = response.into_parts();
    let head = Head::of_answer(parts.status, &parts.headers).into_bytes();
    Message { head, body: body.into() }
}

/// Reads at most the limit. What says it is longer is not read at all, and what
/// says nothing of a body has none.
async fn read_body(parts: &http::request::Parts, body: IncomingRequestBody) -> Body {
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let declared = declared.and_then(|text| text.parse::<usize>().ok());
    let bodiless = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    match declared {
        Some(0) => return Body::Whole(Bytes::new()),
        Some(length) if length > BODY_LIMIT => return Body::TooLarge,
        None if bodiless => return Body::Whole(Bytes::new()),
        _ => {}
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Body::Whole(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Body::TooLarge,
        Err(_) => Body::Broken,
    }
}

/// Makes a component of a table of routes. Who asks is the `identity` import's
/// answer, or that of a guard of one's own. It serves `wasi:http` everywhere, and
/// the embedded host directly.
#[macro_export]
macro_rules! component {
    ($table:expr) => {
        $crate::component!($table, $crate::WitGuard);
    };
    ($table:expr, $guard:expr) => {
        #[spin_sdk::http_service]
        async fn handle(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
            $crate::serve(&$guard, &$table, request).await
        }

        struct Direct;

        impl $crate::direct::Guest for Direct {
            async fn handle(request: $crate::direct::Message) -> $crate::direct::Message {
                $crate::serve_directly(&$guard, &$table, request).await
            }
        }

        $crate::direct::export_direct!(Direct with_types_in $crate::direct);
    };
}
