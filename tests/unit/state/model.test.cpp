// SPDX-License-Identifier: MIT
#include <stet/state/model.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <string_view>

namespace {

struct audio {
    static constexpr std::string_view name = "audio decoder";
};
struct spelled_plainly {
    static constexpr const char* name = "plain";
};
struct nameless {};
struct numbered {
    static constexpr int name = 3;
};

namespace role = stet::role;
static_assert(stet::component_role<role::model> && stet::component_role<role::text_encoder> &&
              stet::component_role<role::vision_encoder> && stet::component_role<role::vae> &&
              stet::component_role<role::extra> && stet::component_role<role::seconds_start> &&
              stet::component_role<role::seconds_total>);
static_assert(stet::component_role<audio> && stet::component_role<spelled_plainly>);
static_assert(!stet::component_role<nameless> && !stet::component_role<numbered> &&
              !stet::component_role<int>);

} // namespace

TEST_CASE("every role has a name of its own")
{
    const std::set<std::string_view> names{
        role::model::name,         role::text_encoder::name,  role::vision_encoder::name, role::vae::name,
        role::seconds_start::name, role::seconds_total::name, role::extra::name};

    CHECK(names.size() == 7);
    CHECK(names.count("text encoder") == 1);
    CHECK(names.count("") == 0);
}
