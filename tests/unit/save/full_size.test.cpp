// SPDX-License-Identifier: MIT
// A checkpoint of true size, saved and read back. Takes 2.1 GB of disk, so it runs only when asked for.
#include "support/json.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include <stet/stet.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using state_dict = std::map<std::string, stet::tensor_view>;

/// Bytes that tell where in the shared memory they come from.
std::vector<std::byte> shared_memory(std::size_t size)
{
    std::vector<std::byte> memory(size);
    std::uint64_t          state = 1;
    for (std::byte& one : memory) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        one = static_cast<std::byte>(state >> 56U);
    }
    return memory;
}

/// The manifest's component, every tensor a view of the beginning of the same memory.
state_dict component(const support::json_value& manifest, std::string_view name,
                     const std::vector<std::byte>& memory)
{
    state_dict dict;
    for (const support::json_value& entry : manifest.at("components").at(name).items()) {
        const auto                 fields = entry.items();
        std::vector<std::uint64_t> shape;
        for (const support::json_value& axis : fields[2].items())
            shape.push_back(axis.integer().value_or(0));
        const auto type = stet::dtype_named(fields[1].text()).value();
        const auto size = stet::byte_count(type, shape);
        REQUIRE(size);
        REQUIRE(*size <= memory.size());
        const auto view =
            stet::view_of(type, shape, stet::bytes(memory).first(stet::detail::memory_size(*size)));
        REQUIRE(view);
        dict.emplace(std::string(fields[0].text()), *view);
    }
    return dict;
}

std::size_t peak_kib()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == "VmHWM:" && status >> kib)
            return kib;
    }
    return 0;
}

} // namespace

TEST_CASE("a full-size checkpoint is saved and read back in the memory of its header", "[.long]")
{
    const auto text = support::file_content(support::test_data("manifests/sd15.json"));
    REQUIRE(text);
    const auto manifest = support::parse_json(*text);
    REQUIRE(manifest);
    const auto       memory = shared_memory(std::size_t{256} << 20U);
    const state_dict model = component(*manifest, "model", memory);
    const state_dict clip = component(*manifest, "clip", memory);
    const state_dict vae = component(*manifest, "vae", memory);

    const support::scratch_directory here;
    std::ofstream("/proc/self/clear_refs") << "5"; // a new peak from here on
    const std::size_t before = peak_kib();
    const auto        saved =
        stet::save(stet::full{.model = model, .text_encoder = clip, .vae = vae}, stet::layouts::sd1{},
                   stet::numbered{.root = here.path(), .prefix = "checkpoints/ComfyUI"});
    const std::size_t after = peak_kib();
    INFO((saved ? std::string() : stet::message(saved.error())));
    REQUIRE(saved);
    std::printf("saved %llu bytes, peak extra memory %zu KiB\n",
                static_cast<unsigned long long>(saved->bytes), after - before);
    CHECK(after - before < 8192);

    std::ifstream       file(saved->path, std::ios::binary);
    std::array<char, 8> length{};
    std::uint64_t       header_size = 0;
    REQUIRE(file.read(length.data(), 8));
    for (std::size_t i = 8; i-- > 0;)
        header_size = header_size << 8U | static_cast<unsigned char>(length[i]);
    std::string header(stet::detail::memory_size(header_size), '\0');
    REQUIRE(file.read(header.data(), static_cast<std::streamsize>(header.size())));
    const auto parsed = support::parse_json(header);
    REQUIRE(parsed);
    REQUIRE(parsed->members() != nullptr);
    CHECK(parsed->members()->size() == 1130);

    std::uint64_t offset = 0;
    std::string   content;
    for (const support::json_member& tensor : *parsed->members()) {
        const auto range = tensor.value.at("data_offsets").items();
        REQUIRE(range.size() == 2);
        CHECK(range.front().integer() == offset);
        content.resize(stet::detail::memory_size(range.back().integer().value_or(0) - offset));
        REQUIRE(file.read(content.data(), static_cast<std::streamsize>(content.size())));
        const std::string_view expected(reinterpret_cast<const char*>(memory.data()), content.size());
        CHECK((content == expected)); // in parentheses, so that a difference does not print megabytes
        offset += content.size();
    }
    CHECK(file.get() == std::ifstream::traits_type::eof());
}
