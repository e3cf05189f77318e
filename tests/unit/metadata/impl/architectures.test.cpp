// SPDX-License-Identifier: MIT
#include <stet/metadata/impl/architectures.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

using stet::detail::similar_architecture;

namespace {

/// The suggestion, or "none". Not constexpr: a compiler that tries to know the answers takes its time.
std::string_view suggested(std::string_view given)
{
    return similar_architecture(given).value_or("none");
}

} // namespace

static_assert(similar_architecture("stable-difusion-v1") == "stable-diffusion-v1");
static_assert(!similar_architecture("my-own-model"));
static_assert(noexcept(similar_architecture(std::string_view())));

TEST_CASE("an architecture that is known needs no suggestion, whatever follows its slash")
{
    for (const std::string_view known : stet::detail::known_architectures) {
        CHECK(suggested(known) == "none");
        CHECK(suggested(std::string(known) + "/lora") == "none");
        CHECK(suggested(std::string(known) + "/") == "none");
        CHECK(known.find('/') == std::string_view::npos);
        CHECK(std::count(stet::detail::known_architectures.begin(), stet::detail::known_architectures.end(),
                         known) == 1);
    }
}

TEST_CASE("up to two slips of the pen are seen through")
{
    CHECK(suggested("stable-diffusion-v1x") == "stable-diffusion-v1");
    CHECK(suggested("stabel-diffusion-v1") == "stable-diffusion-v1");
    CHECK(suggested("table-diffusion-v1") == "stable-diffusion-v1");
    CHECK(suggested("stable-diffusion-v3-medum") == "stable-diffusion-v3-medium");
    CHECK(suggested("stable-diffusion-xl-v1-baze/lora") == "stable-diffusion-xl-v1-base");
    CHECK(suggested("gpt-neox") == "gpt-neo-x");
    CHECK(suggested("Lumnia") == "lumina");
    CHECK(suggested("stble-difusion-v") == "none");
    CHECK(suggested("lumenaria") == "none");
}

TEST_CASE("case, blanks, dots and underscores are slips")
{
    CHECK(suggested("Stable Diffusion XL v1 Base") == "stable-diffusion-xl-v1-base");
    CHECK(suggested("stable_diffusion_v1") == "stable-diffusion-v1");
    CHECK(suggested("Flux.1-dev") == "flux-1-dev");
    CHECK(suggested("hunyuan-image-2-1") == "hunyuan-image-2.1");
    CHECK(suggested("stable-diffusion-xl-v0-9-base") == "stable-diffusion-xl-v0_9-base");
}

TEST_CASE("a name cut short means the first that it starts")
{
    CHECK(suggested("stable-diffusion-xl") == "stable-diffusion-xl-v1-base");
    CHECK(suggested("stable-diffusion-v2") == "stable-diffusion-v2-512");
    CHECK(suggested("stable-diffusion-v3") == "stable-diffusion-v3-medium");
    CHECK(suggested("Stable-Video-Diffusion") == "stable-video-diffusion-img2vid-v1");
    CHECK(suggested("stable-diffusion-x") == "none");
    CHECK(suggested("anima") == "anima-preview");
    CHECK(suggested("FLUX-1") == "flux-1");
}

TEST_CASE("another number is another model")
{
    CHECK(suggested("stable-diffusion-v4") == "none");
    CHECK(suggested("stable-diffusion-v12") == "none");
    CHECK(suggested("flux-2-dev") == "none");
    CHECK(suggested("lumina-3") == "none");
}

TEST_CASE("what resembles nothing brings no suggestion")
{
    CHECK(suggested("") == "none");
    CHECK(suggested("/lora") == "none");
    CHECK(suggested("-") == "none");
    CHECK(suggested("a-new-model") == "none");
    CHECK(suggested(std::string(1'000, 's')) == "none");
    CHECK(suggested("stable-diffusion-xl-v1-base" + std::string(1'000, ' ')) == "none");
    CHECK(suggested("\xE6\xB8\x85") == "none");
}
