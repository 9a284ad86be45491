//! The API's names for what went wrong.

macro_rules! error_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// `error.type`, an enum that the API may extend.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorType {
            $($(#[$doc])* $name,)*
            /// A type this version does not know, as written.
            Other(String),
        }

        impl ErrorType {
            /// The type of that name.
            pub fn parse(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    _ => Self::Other(text.to_owned()),
                }
            }

            /// The name as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(text) => text,
                }
            }
        }
    };
}

error_types! {
    /// 400, and the catch-all of other 4xx.
    InvalidRequest = "invalid_request_error";
    /// 401
    Authentication = "authentication_error";
    /// 402
    Billing = "billing_error";
    /// 403
    Permission = "permission_error";
    /// 404
    NotFound = "not_found_error";
    /// 409
    Conflict = "conflict_error";
    /// 413, made by the network edge; on the wire though in no published union.
    RequestTooLarge = "request_too_large";
    /// 429
    RateLimit = "rate_limit_error";
    /// 500
    Api = "api_error";
    /// 504
    Timeout = "timeout_error";
    /// 529
    Overloaded = "overloaded_error";
}

impl ErrorType {
    /// The type that goes with `status`, for answers that name none: gateways and edges answer in formats of their own.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            402 => Self::Billing,
            403 => Self::Permission,
            404 => Self::NotFound,
            408 | 504 => Self::Timeout,
            409 => Self::Conflict,
            413 => Self::RequestTooLarge,
            429 => Self::RateLimit,
            529 => Self::Overloaded,
            500.. => Self::Api,
            _ => Self::InvalidRequest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_way_in_and_out() {
        for name in ["invalid_request_error", "overloaded_error", "request_too_large", "brand_new_error", ""]
        {
            assert_eq!(ErrorType::parse(name).as_str(), name);
        }
        assert_eq!(ErrorType::parse("api_error"), ErrorType::Api);
        assert!(matches!(ErrorType::parse("brand_new_error"), ErrorType::Other(_)));
    }
}
