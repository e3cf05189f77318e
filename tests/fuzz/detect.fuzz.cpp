// SPDX-License-Identifier: MIT
// The input is a file's tensors, see damaged_file.hpp. What its names say of its layout must not depend on their order,
// and what its tensors say of the prediction is a value or an error.
#include "damaged_file.hpp"
#include "fuzz_target.hpp"

#include <stet/read.hpp>
#include <stet/split.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

using fuzz::expect;

namespace {

bool same(const stet::layout_candidates& a, const stet::layout_candidates& b)
{
    for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(stet::known_layout::sdxl_refiner); ++i) {
        if (a.contains(static_cast<stet::known_layout>(i)) != b.contains(static_cast<stet::known_layout>(i)))
            return false;
    }
    return true;
}

template <class Family>
void check_prediction(const stet::checkpoint_view& file)
{
    const auto derived = stet::derive_prediction<Family>(file);
    expect(derived || !stet::message(derived.error()).empty(), "an error is a line");
    expect(derived || derived.error().code == stet::errc::unusable_marker, "only a marker can be unusable");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const fuzz::fields input(data, size);
    const auto         tensors = fuzz::tensors_of(input.all);
    const std::string  file = fuzz::file_of(tensors);
    const auto         view = stet::read_checkpoint(std::as_bytes(std::span(file)));
    expect(static_cast<bool>(view), "a file that is not damaged is read");
    const auto found = stet::detect_layout(*view);

    stet::layout_detection backwards;
    for (std::size_t i = tensors.size(); i-- > 0;)
        backwards.add(tensors[i].name);
    expect(same(found, backwards.candidates()), "the order of names says nothing");
    std::size_t visited = 0;
    found.each([&](auto) { ++visited; });
    expect(visited == found.size(), "every candidate is visited once");
    expect(found.only().has_value() == (found.size() == 1), "one candidate leaves no doubt");
    if (found.only())
        expect(found.contains(*found.only()), "the only one is one");
    check_prediction<stet::families::sdxl>(*view);
    check_prediction<stet::families::sd20>(*view);
    return 0;
}
