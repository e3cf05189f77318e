// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/processor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <string>

namespace {

/// The words after "flags" or "Features", with a space before and after each; empty where the system tells none.
std::string told_features()
{
    std::ifstream file("/proc/cpuinfo");
    std::string   line;
    while (std::getline(file, line)) {
        if (line.starts_with("flags") || line.starts_with("Features"))
            return line.substr(line.find(':') + 1) + " ";
    }
    return {};
}

} // namespace

TEST_CASE("the processor has nothing of which the system knows nothing")
{
    const std::string told = told_features();
    if (told.empty())
        SKIP("the system tells nothing of its processor");
    // A program that runs another one may hide something of the processor, and says so where the processor is asked.
    const auto has = [&](const char* word) {
        return told.find(" " + std::string(word) + " ") != std::string::npos;
    };
    const stet::detail::processor_features asked = stet::detail::ask_processor();
    CHECK(asked.pclmul <= has("pclmulqdq"));
    CHECK(asked.ssse3 <= has("ssse3"));
    CHECK(asked.sse41 <= has("sse4_1"));
    CHECK(asked.sha <= has("sha_ni"));
    CHECK(asked.avx2 <= has("avx2"));
    CHECK(asked.f16c <= has("f16c"));
    CHECK(asked.arm_sha1 <= has("sha1"));
    CHECK(asked.arm_sha2 <= has("sha2"));
}

#if defined(__GNUC__) && defined(__x86_64__)
TEST_CASE("the processor has what the compiler's own question finds")
{
    const stet::detail::processor_features asked = stet::detail::ask_processor();
    CHECK(asked.pclmul == (__builtin_cpu_supports("pclmul") != 0));
    CHECK(asked.ssse3 == (__builtin_cpu_supports("ssse3") != 0));
    CHECK(asked.sse41 == (__builtin_cpu_supports("sse4.1") != 0));
    CHECK(asked.avx2 == (__builtin_cpu_supports("avx2") != 0));
}
#endif

TEST_CASE("the processor is asked once")
{
    const stet::detail::processor_features& first = stet::detail::processor();
    CHECK(&first == &stet::detail::processor());
    const stet::detail::processor_features asked = stet::detail::ask_processor();
    CHECK(first.pclmul == asked.pclmul);
    CHECK(first.ssse3 == asked.ssse3);
    CHECK(first.sse41 == asked.sse41);
    CHECK(first.sha == asked.sha);
    CHECK(first.avx2 == asked.avx2);
    CHECK(first.f16c == asked.f16c);
    CHECK(first.arm_sha1 == asked.arm_sha1);
    CHECK(first.arm_sha2 == asked.arm_sha2);
}
