//! Browsers: by default they are not answered, as the real batch endpoints were seen to do.

use super::call::Request;
use super::response::Response;

/// The answer to a preflight. Without CORS it says nothing that a browser could go by.
pub(super) fn preflight(request: &Request<'_>, is_allowed: bool) -> Response {
    let mut response = Response::new(if is_allowed { 204 } else { 405 }, Vec::new());
    if is_allowed {
        let asked = request.find("access-control-request-headers").unwrap_or("*");
        response.headers.push(("access-control-allow-headers", asked.to_owned()));
        response.headers.push(("access-control-allow-methods", "GET, POST, DELETE".to_owned()));
        response.headers.push(("access-control-max-age", "600".to_owned()));
    }
    response
}

/// What every answer carries where browsers are answered.
pub(super) fn allow(response: &mut Response) {
    response.headers.push(("access-control-allow-origin", "*".to_owned()));
    response.headers.push(("access-control-expose-headers", "*".to_owned()));
}
