// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/expected_of.hpp>
#include <stet/vocabulary/result.hpp>

namespace expected_of_test {

template <class Value, class Error>
struct expected_like {
    using value_type = Value;
    using error_type = Error;
    struct unexpected_type {
        explicit unexpected_type(Error e) : failed(e) {}
        Error failed;
    };

    expected_like(Value) {}
    expected_like(unexpected_type) {}
    bool  has_value() const;
    Error error() const;
};

struct without_questions {
    using value_type = int;
    using error_type = stet::error;
    struct unexpected_type {
        explicit unexpected_type(stet::error);
    };
    without_questions(unexpected_type);
};

} // namespace expected_of_test

using expected_of_test::expected_like;
using expected_of_test::without_questions;
using stet::error;
using stet::detail::expected_argument_of;
using stet::detail::expected_of;

static_assert(expected_of<expected_like<int, error>, int>);
static_assert(!expected_of<expected_like<int, error>, long>, "another value");
static_assert(!expected_of<expected_like<int, int>, int>, "another error");
static_assert(!expected_of<int, int> && !expected_of<error, int>);
static_assert(!expected_of<stet::result<int>, int>, "a result is copied, not converted");

static_assert(expected_argument_of<expected_like<int, error>, int>);
static_assert(expected_argument_of<expected_like<int, error>&, int>);
static_assert(expected_argument_of<const expected_like<int, error>&, int>);
static_assert(expected_of<without_questions, int> && !expected_argument_of<without_questions, int>,
              "nothing can be taken from what cannot be asked");
