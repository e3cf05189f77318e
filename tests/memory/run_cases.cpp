// SPDX-License-Identifier: MIT
// Runs the test cases under the memory sanitizer, which ends the program at the first read of what nothing has written.
//
//   PROGRAM [TEXT...]   those whose name holds one of the texts; without, all that are not tagged as long
//
// Arguments that begin with - are for Catch2 and mean nothing here.
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constinit test_case::listed*  first = nullptr;
constinit test_case::listed** last = &first;
constinit int                 failures = 0;

// Sections are flat: each run of a test case enters the first one that no run before it has entered.
struct {
    int  done = 0; // the line of the last one entered by a run before
    int  entered = 0;
    bool more = false;
} constinit section;

void run(const test_case::listed& test)
{
    section = {};
    do {
        section.done = section.entered;
        section.entered = 0;
        section.more = false;
        test.run();
    } while (section.more);
}

bool is_wanted(const test_case::listed& test, int count, char** values)
{
    bool chosen = false;
    for (int i = 1; i < count; ++i) {
        if (values[i][0] == '-')
            continue;
        if (std::strstr(test.name, values[i]) != nullptr)
            return true;
        chosen = true;
    }
    return !chosen && std::strstr(test.tags, "[.") == nullptr;
}

} // namespace

namespace test_case {

listed::listed(void (*body)(), const char* its_name, const char* its_tags) noexcept
    : run(body), name(its_name), tags(its_tags)
{
    *last = this;
    last = &next;
}

void failed(const char* file, int line, const char* text) noexcept
{
    ++failures;
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
}

void failed_for_good(const char* file, int line, const char* text) noexcept
{
    failed(file, line, text);
    std::exit(1);
}

bool enters_section(int line) noexcept
{
    if (line <= section.done)
        return false;
    if (section.entered != 0) {
        section.more = true;
        return false;
    }
    section.entered = line;
    return true;
}

} // namespace test_case

int main(int count, char** values)
{
    using clock = std::chrono::steady_clock;
    int tests = 0;
    for (const test_case::listed* test = first; test != nullptr; test = test->next) {
        if (!is_wanted(*test, count, values))
            continue;
        const auto begun = clock::now();
        std::fprintf(stderr, "%s", test->name); // before it: it may end the program
        run(*test);
        std::fprintf(stderr, ", %.3f s\n", std::chrono::duration<double>(clock::now() - begun).count());
        ++tests;
    }
    std::printf("%d tests, %d facts that do not hold\n", tests, failures);
    return tests == 0 || failures != 0 ? 1 : 0;
}
