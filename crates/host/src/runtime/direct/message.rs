//! Requests and answers of HTTP as messages.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Response, header};
use meridian_direct::Head;

use super::{Message, Pool};
use crate::front::{SPIN_CLIENT_ADDRESS, is_spin_header};
use crate::runtime::{Asked, Body, CallError};

/// What only concerns the connection, and how long the body is: the server's to say.
const OF_THE_CONNECTION: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Has an instance of the pool answer a request.
pub async fn call(pool: &Arc<Pool>, asked: Asked<'_>) -> Result<Response<Body>, CallError> {
    let head = head_of(asked.parts, asked.client);
    let answer = pool.call(Message { head, body: asked.body.into() }).await?;
    answer_of(answer)
}

/// Of Spin's headers the client's address alone: the others tell of the route, which
/// is nothing components of this host ask for.
fn head_of(parts: &Parts, client: &str) -> Vec<u8> {
    let authority = parts.uri.authority().map_or("", |authority| authority.as_str());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut head = Head::of_request(&parts.method, &["http://", authority, target]);
    for (name, value) in &parts.headers {
        // The URI names the host; the client does not speak for this one.
        if name != header::HOST && !is_spin_header(name) {
            head.header(name.as_str(), value.as_bytes());
        }
    }
    head.header(SPIN_CLIENT_ADDRESS, client.as_bytes());
    head.into_bytes()
}

fn answer_of(answer: Message) -> Result<Response<Body>, CallError> {
    let (status, mut headers) = meridian_direct::read_answer(answer.head)
        .map_err(|malformed| CallError::Failed(malformed.to_string()))?;
    drop_of_the_connection(&mut headers);
    meridian_gateway::add_standard_headers(&mut headers);
    let mut response = Response::new(Body::Whole(Bytes::from(answer.body)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn drop_of_the_connection(headers: &mut HeaderMap) {
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, StatusCode};

    use super::*;

    #[test]
    fn a_component_sees_the_whole_address_and_no_forged_header() {
        let request = http::Request::patch("http://cal.example.org:8080/v2/me?x=1")
            .header("host", "elsewhere.example.org")
            .header("spin-client-addr", "6.6.6.6:1")
            .header("spin-anything", "x")
            .header("accept", "a")
            .header("accept", "b");
        let parts = request.body(()).unwrap().into_parts().0;
        let head = head_of(&parts, "10.1.2.3:4567");
        let (method, uri, headers) = meridian_direct::read_request(head).unwrap();
        assert_eq!((method.as_str(), uri), ("PATCH", parts.uri));
        let header = |name: &str| headers.get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(header("accept"), ["a", "b"]);
        assert_eq!(header(SPIN_CLIENT_ADDRESS), ["10.1.2.3:4567"]);
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn a_component_does_not_say_where_its_answer_ends() {
        let mut headers = HeaderMap::new();
        for name in OF_THE_CONNECTION {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        headers.insert(header::ETAG, HeaderValue::from_static("1"));
        let head = Head::of_answer(StatusCode::CREATED, &headers).into_bytes();
        let answer = answer_of(Message { head, body: b"body".to_vec() }).unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        for name in OF_THE_CONNECTION {
            assert!(!answer.headers().contains_key(&name), "{name}");
        }
        for (name, value) in [("etag", "1"), ("x-content-type-options", "nosniff")] {
            assert_eq!(answer.headers().get(name).unwrap(), value);
        }
        assert!(matches!(answer.body(), Body::Whole(bytes) if bytes == "body"));
        let malformed = Message { head: vec![1], body: Vec::new() };
        assert!(matches!(answer_of(malformed), Err(CallError::Failed(_))));
    }
}
