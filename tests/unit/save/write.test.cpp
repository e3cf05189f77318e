// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/parsed_checkpoint.hpp"
#include "support/piece_sink.hpp"

#include <stet/comfyui/ceilings.hpp>
#include <stet/families/layouts.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/impl/staging_block.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::dtype;
using stet::errc;
using dict = std::map<std::string, stet::tensor_view>;
using text_map = std::map<std::string, std::string>;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

/// Bytes that exist only while they are written: pieces of one small block, over and over.
struct dripping {
    std::uint64_t size;      ///< bytes promised
    std::uint64_t delivered; ///< bytes that come
    std::size_t   piece;

    explicit dripping(std::uint64_t bytes, std::size_t in_pieces = 1000)
        : size(bytes), delivered(bytes), piece(in_pieces)
    {
    }
    dripping(std::uint64_t promised, std::uint64_t comes, std::size_t in_pieces)
        : size(promised), delivered(comes), piece(in_pieces)
    {
    }
};

/// Fails with an error of its own.
struct broken_device {
    std::string_view subject;
};

stet::result<void> drip(const dripping& from, stet::sink_ref out)
{
    static constexpr std::array<std::byte, 65536> block{};
    for (std::uint64_t left = from.delivered; left > 0;) {
        const auto count = std::min<std::uint64_t>(left, from.piece);
        if (auto written = out.write(stet::bytes(block.data(), count)); !written)
            return written;
        left -= count;
    }
    return {};
}

stet::tensor_view view(const dripping& tensor)
{
    return *stet::produced_view(dtype::u8, {tensor.size}, tensor,
                                [](const dripping& from, stet::sink_ref out) { return drip(from, out); });
}

stet::tensor_view view(const broken_device& device)
{
    return *stet::produced_view(
        dtype::u8, {4}, device, [](const broken_device& from, stet::sink_ref) -> stet::result<void> {
            return stet::error{.code = errc::io_failure, .os_code = 5}.about(from.subject);
        });
}

/// A tensor of no bytes.
constexpr stet::tensor_view nothing{.type = dtype::u8, .shape = {0}};

template <class Range>
stet::tensor_view view(const Range& values)
{
    return *stet::view_of(values, {std::size(values)});
}

/// A dict, its plan and its header, which stay where they are.
class prepared {
public:
    explicit prepared(dict model, const stet::metadata_view& metadata = {},
                      const stet::allocator& memory = stet::heap())
        : model_(std::move(model)), plan_(make_plan(model_, memory)),
          header_(stet::make_header(plan_, metadata))
    {
        REQUIRE(header_);
    }
    prepared(const prepared&) = delete;
    prepared& operator=(const prepared&) = delete;
    ~prepared() = default;

    const stet::header& header() const noexcept { return *header_; }

private:
    static stet::plan make_plan(const dict& model, const stet::allocator& memory)
    {
        auto made = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{},
                                    {.empty = stet::empty_components::allow, .allocator = memory});
        REQUIRE(made);
        return *std::move(made);
    }

    dict                       model_;
    stet::plan                 plan_;
    stet::result<stet::header> header_;
};

std::string written(const stet::header& head, const stet::write_options& options = {})
{
    std::string       file;
    stet::append_sink destination(file);
    const auto        outcome = stet::write(head, destination, options);
    return outcome ? file : std::string(support::failure(outcome));
}

struct step {
    std::uint64_t done;
    std::uint64_t total;
    std::string   tensor;

    friend bool operator==(const step& a, const step& b) noexcept
    {
        return a.done == b.done && a.total == b.total && a.tensor == b.tensor;
    }
};

/// All that the progress callback is told.
std::vector<step> steps_of(const stet::header& head)
{
    std::vector<step> steps;
    const auto        keep = [&](const stet::progress& now) {
        steps.push_back({now.bytes_done, now.bytes_total, now.tensor.text()});
        return true;
    };
    stet::counting_sink destination;
    CHECK(stet::write(head, destination, {.progress = keep}));
    CHECK(destination.size() == head.file_size());
    return steps;
}

void check_steps(const std::vector<step>& steps, const stet::header& head)
{
    REQUIRE_FALSE(steps.empty());
    CHECK(steps.front().done == head.size());
    CHECK(steps.back().done == head.file_size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        CHECK(steps[i].total == head.file_size());
        CHECK((i == 0 || steps[i - 1].done <= steps[i].done));
    }
}

} // namespace

TEST_CASE("a file is its header and then the tensors in file order")
{
    const std::array<std::uint16_t, 2> wide{0x0102, 0x0304};
    const std::array<std::uint8_t, 3>  narrow{7, 8, 9};
    const prepared                     given({{"b", view(narrow)}, {"z", view(wide)}, {"none", nothing}});

    const std::string file = written(given.header());
    CHECK(file.size() == given.header().file_size());
    const auto parsed = support::parse_checkpoint(file);
    REQUIRE(parsed);
    REQUIRE(parsed->tensors.size() == 3);
    CHECK(parsed->tensors[0].name == "model.diffusion_model.z");
    CHECK(parsed->tensors[0].bytes == "\x02\x01\x04\x03");
    CHECK(parsed->tensors[1].name == "model.diffusion_model.b");
    CHECK(parsed->tensors[1].bytes == "\x07\x08\x09");
    CHECK(parsed->tensors[2].name == "model.diffusion_model.none");
    CHECK_FALSE(parsed->metadata);
}

TEST_CASE("a file does not depend on the staging block")
{
    std::vector<std::uint8_t> large(3000);
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<std::uint8_t>(i * 31);
    const dripping    slow(1234, 17);
    const text_map    metadata{{"format", "pt"}};
    const prepared    given({{"a", view(large)}, {"b", view(slow)}, {"c", view(large)}}, metadata);
    const std::string whole = written(given.header());
    CHECK(whole.size() == given.header().file_size());
    CHECK(support::parse_checkpoint(whole));

    for (const std::size_t size : {1U, 2U, 7U, 100U, 1234U, 2999U, 3000U, 3001U, 100'000U}) {
        CAPTURE(size);
        std::vector<std::byte> block(size);
        CHECK((written(given.header(), {.staging = block}) == whole));
    }
}

TEST_CASE("a tensor as large as the staging block goes to the sink uncopied")
{
    const std::vector<std::uint8_t> large(4096);
    const prepared                  given({{"a", view(large)}});
    std::vector<std::byte>          block(4096);
    support::piece_sink             destination;

    CHECK(stet::write(given.header(), destination, {.staging = block}));
    CHECK(std::count(destination.addresses.begin(), destination.addresses.end(), large.data()) == 1);
    CHECK(destination.pieces.size() == 2);
}

TEST_CASE("small tensors reach the sink together")
{
    const std::vector<std::uint8_t>          small(100);
    std::map<std::string, stet::tensor_view> model;
    for (int i = 0; i < 50; ++i)
        model.emplace(std::to_string(i), view(small));
    const prepared      given(model);
    support::piece_sink destination;

    CHECK(stet::write(given.header(), destination));
    CHECK(destination.pieces.size() == 1);
}

TEST_CASE("a producer that delivers another number of bytes is refused by the tensor's name")
{
    for (const auto& [comes, noticed] :
         {std::pair<std::uint64_t, std::uint64_t>{99, 99}, {101, 101}, {0, 0}, {500, 110}})
    {
        CAPTURE(comes);
        const dripping      wrong(100, comes, 10);
        const dripping      right(50);
        const prepared      given({{"right", view(right)}, {"wrong", view(wrong)}});
        stet::counting_sink destination;
        const auto          outcome = stet::write(given.header(), destination);

        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::produced_size_mismatch);
        CHECK(outcome.error().subject() == "model.diffusion_model.wrong");
        CHECK(outcome.error().expected == 100);
        CHECK(outcome.error().actual == noticed);
        CHECK(destination.size() < given.header().file_size());
    }
}

TEST_CASE("a producer's own error keeps its subject, or gets the tensor's name")
{
    const broken_device unnamed{.subject = ""};
    const broken_device named{.subject = "device 3"};
    const auto          failed = [](const broken_device& device) {
        const prepared      given({{"w", view(device)}});
        stet::counting_sink destination;
        const auto          outcome = stet::write(given.header(), destination);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::io_failure);
        CHECK(outcome.error().os_code == 5);
        return std::string(outcome.error().subject());
    };

    CHECK(failed(unnamed) == "model.diffusion_model.w");
    CHECK(failed(named) == "device 3");
}

TEST_CASE("a failure of the sink at any piece ends the write")
{
    const std::vector<std::uint8_t> large(40);
    const dripping                  slow(100, 9);
    const prepared                  given({{"a", view(large)}, {"b", view(slow)}});
    for (std::size_t fails_at = 0;; ++fails_at) {
        support::piece_sink       failing{.fails_at = fails_at, .recovers = true};
        std::array<std::byte, 16> block{};
        const auto                outcome = stet::write(given.header(), failing, {.staging = block});
        if (outcome) {
            CHECK(fails_at > 10);
            CHECK(failing.calls == fails_at);
            break;
        }
        CHECK(support::failure(outcome) == "sink_refused");
        CHECK(failing.calls == fails_at + 1);
    }
}

TEST_CASE("progress is told before each tensor and at the end")
{
    const std::vector<std::uint8_t> ten(10);
    const prepared                  given({{"a", view(ten)}, {"b", nothing}, {"c", view(ten)}});
    const std::uint64_t             begin = given.header().size();
    const std::string               prefix = "model.diffusion_model.";

    CHECK(steps_of(given.header()) == std::vector<step>{{begin, begin + 20, prefix + "a"},
                                                        {begin + 10, begin + 20, prefix + "b"},
                                                        {begin + 10, begin + 20, prefix + "c"},
                                                        {begin + 20, begin + 20, prefix + "c"}});
}

TEST_CASE("progress of a file without tensors is told once")
{
    const prepared given(dict{});

    CHECK(steps_of(given.header()) == std::vector<step>{{16, 16, ""}});
}

TEST_CASE("progress inside a large tensor is told every sixteen megabytes")
{
    const dripping                  slow(40 * mebibyte, 65536);
    const std::vector<std::uint8_t> large(40 * mebibyte);

    for (const stet::tensor_view& tensor : {view(slow), view(large)}) {
        const prepared          given({{"w", tensor}});
        const std::vector<step> steps = steps_of(given.header());
        check_steps(steps, given.header());
        REQUIRE(steps.size() == 4);
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(steps[i].done == given.header().size() + i * 16 * mebibyte);
    }
}

TEST_CASE("packed tensors are announced before they are read, sixteen megabytes at a time, others are not")
{
    static std::vector<std::size_t>* sizes = nullptr;
    std::vector<std::size_t>         announced;
    sizes = &announced;
    const dripping                  slow(100, 10);
    const std::vector<std::uint8_t> large(40 * mebibyte);
    const prepared                  given({{"a", view(large)}, {"b", view(slow)}});
    stet::counting_sink             destination;

    CHECK(stet::write(given.header(), destination,
                      {.prefetch = [](stet::bytes soon_read) { sizes->push_back(soon_read.size()); }}));

    CHECK(announced == std::vector<std::size_t>{16 * mebibyte, 16 * mebibyte, 8 * mebibyte});
}

TEST_CASE("a progress callback that says no stops the write at any step")
{
    const dripping                  slow(40 * mebibyte, 65536);
    const std::vector<std::uint8_t> ten(10);
    const prepared          given({{"a", view(ten)}, {"b", view(slow)}, {"c", nothing}, {"d", view(ten)}});
    const std::vector<step> steps = steps_of(given.header());
    REQUIRE(steps.size() == 7);
    for (std::size_t refused = 0; refused < steps.size(); ++refused) {
        CAPTURE(refused);
        std::size_t         calls = 0;
        const auto          refuse = [&](const stet::progress&) { return calls++ != refused; };
        stet::counting_sink destination;
        const auto          outcome = stet::write(given.header(), destination, {.progress = refuse});

        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::cancelled);
        CHECK(outcome.error().subject() == steps[refused].tensor);
        CHECK(outcome.error().actual == steps[refused].done);
        CHECK(outcome.error().expected == given.header().file_size());
        CHECK(calls == refused + 1);
        CHECK(destination.size() <= steps[refused].done);
    }
}

TEST_CASE("with staging memory of the caller's nothing is allocated")
{
    support::counting_heap heap;
    {
        const std::vector<std::uint8_t> ten(10);
        const dripping                  slow(5000, 9);
        const text_map                  metadata{{"a", "b"}, {"c", "d"}};
        const prepared given({{"a", view(ten)}, {"b", view(slow)}}, metadata, heap.allocator());
        heap.fail_from(heap.allocations());
        const std::size_t      before = heap.allocations();
        std::vector<std::byte> block(64);

        CHECK(support::parse_checkpoint(written(given.header(), {.staging = block})));
        CHECK(heap.allocations() == before);
        CHECK(written(given.header()) == "out_of_memory");
        CHECK(heap.allocations() == before + 1);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("the staging block is as large as the file, to a cache line, and never above a mebibyte")
{
    const auto staged = [](std::uint64_t size) {
        support::counting_heap heap;
        const dripping         slow(size, 65536);
        const prepared         given({{"w", view(slow)}}, {}, heap.allocator());
        const std::size_t      before = heap.live_bytes();
        stet::counting_sink    destination;
        CHECK(stet::write(given.header(), destination));
        CHECK(heap.live_bytes() == before);
        CHECK(destination.size() == given.header().file_size());
        return std::pair(heap.peak_bytes() - before, given.header().file_size());
    };
    const auto small = staged(10);
    // Planning itself takes more than so small a block.
    CHECK(small.first < mebibyte);
    const auto medium = staged(mebibyte / 2);
    CHECK(medium.first >= medium.second);
    CHECK(medium.first < medium.second + stet::detail::staging_alignment);
    CHECK(staged(mebibyte * 3).first == mebibyte);
    static_assert(stet::detail::staging_size == mebibyte);
}

TEST_CASE("memory for a checkpoint of one gibibyte is its plan, its sorted metadata and one mebibyte")
{
    support::counting_heap heap;
    const dripping         slow(64 * mebibyte, 65536);
    dict                   model;
    for (int i = 0; i < 16; ++i)
        model.emplace("blocks." + std::to_string(i) + ".weight", view(slow));
    text_map metadata;
    for (int i = 0; i < 16; ++i)
        metadata.emplace("key " + std::to_string(i), std::string(10'000, 'x'));
    {
        const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{},
                                          {.allocator = heap.allocator()});
        REQUIRE(plan);
        CHECK(plan->data_size() == 1024 * mebibyte);
        CHECK(heap.peak_bytes() < 16'384);
        const std::size_t of_plan = heap.live_bytes();

        const auto head = stet::make_header(*plan, metadata);
        REQUIRE(head);
        const std::size_t of_metadata = heap.live_bytes() - of_plan;
        CHECK(of_metadata == 16 * sizeof(stet::detail::metadata_entry));

        stet::counting_sink destination;
        CHECK(stet::write(*head, destination));
        CHECK(destination.size() == head->file_size());
        CHECK(heap.peak_bytes() == of_plan + of_metadata + mebibyte);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("a checkpoint is saved to a sink in one call")
{
    const std::vector<float>        weights{1, 2};
    const std::vector<std::uint8_t> pixels{1, 2, 3};
    const dict                      model{{"w", view(weights)}};
    const dict                      text{{"clip_l.w", view(weights)}, {"clip_l.logit_scale", view(weights)}};
    const dict                      vae{{"decoder", view(pixels)}, {"encoder", view(pixels)}};
    const text_map                  metadata{{"format", "pt"}};
    std::string                     file;
    stet::append_sink               destination(file);

    const auto saved = stet::save(stet::full{.model = model, .text_encoder = text, .vae = vae},
                                  stet::layouts::sd1{}, destination, {.metadata = metadata});
    REQUIRE(saved);
    CHECK(saved->bytes == file.size());
    REQUIRE(saved->components.size() == 4);
    CHECK(saved->components[0].role == "model");
    CHECK(saved->components[0].bytes == 8);
    CHECK(saved->components[1].role == "text encoder");
    CHECK(saved->components[1].tensors == 1);
    CHECK(saved->components[1].left_out == 1);
    CHECK(saved->components[2].tensors == 2);
    CHECK(saved->components[2].bytes == 6);
    CHECK(saved->components[3].tensors == 0);

    const auto parsed = support::parse_checkpoint(file);
    REQUIRE(parsed);
    CHECK(parsed->tensors.size() == 4);
    CHECK(parsed->find("cond_stage_model.w") != nullptr);
    REQUIRE(parsed->metadata);
    CHECK(*parsed->metadata == std::vector<std::pair<std::string, std::string>>{{"format", "pt"}});
}

TEST_CASE("a refused checkpoint leaves the sink untouched")
{
    const std::vector<std::uint8_t> pixels{1, 2, 3};
    const dict                      good{{"w", view(pixels)}};
    const dict                      bad{{"w", {.type = dtype::u8, .shape = {2}, .size = 3}}};
    const text_map                  wrong{{"a", "\xFF"}};
    support::piece_sink             destination;

    CHECK(support::failure(stet::save(stet::model_only{.model = bad}, stet::layouts::generic{},
                                      destination)) == "tensor_size_mismatch");
    CHECK(support::failure(stet::save(stet::model_only{.model = good}, stet::layouts::generic{}, destination,
                                      {.metadata = wrong})) == "invalid_metadata_utf8");
    CHECK(destination.pieces.empty());
}

TEST_CASE("saving to a sink heeds every option")
{
    const std::vector<std::uint8_t> pixels{1, 2, 3};
    const dict                model{{"a", view(pixels)}, {"b", *stet::view_of(dtype::u64, {0}, nullptr, 0)}};
    support::counting_heap    heap;
    std::array<std::byte, 32> block{};
    std::size_t               calls = 0;
    const auto                count = [&](const stet::progress&) { return ++calls > 0; };
    std::string               file;
    stet::append_sink         destination(file);
    const stet::sink_options  options{
         .order = {.group = [](dtype, std::uint64_t) { return std::uint8_t{0}; }, .data_alignment = 512},
         .progress = count,
         .staging = block,
         .allocator = heap.allocator(),
    };

    const auto saved =
        stet::save(stet::model_only{.model = model}, stet::layouts::generic{}, destination, options);
    REQUIRE(saved);
    CHECK(file.size() == 512 + 3);
    CHECK(file.find("model.a") < file.find("model.b"));
    CHECK(calls == 3);
    CHECK(heap.allocations() > 0);
    CHECK(heap.live_blocks() == 0);

    const auto               refuse = [](const stet::progress&) { return false; };
    const stet::sink_options refusing{.progress = refuse};
    CHECK(support::failure(stet::save(stet::model_only{.model = model}, stet::layouts::generic{}, destination,
                                      refusing)) == "cancelled");
}

TEST_CASE("saving to a sink without memory reports it at every allocation and gives all memory back")
{
    const std::vector<std::uint8_t> pixels{1, 2, 3};
    dict                            model;
    for (int i = 0; i < 40; ++i)
        model.emplace("blocks." + std::to_string(i), view(pixels));
    const text_map metadata{{"a", "b"}};
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 100);
        support::counting_heap heap;
        heap.fail_from(allowed);
        stet::counting_sink destination;
        const auto saved = stet::save(stet::model_only{.model = model}, stet::layouts::generic{}, destination,
                                      {.metadata = metadata, .allocator = heap.allocator()});
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        if (saved) {
            CHECK(allowed > 5);
            CHECK(destination.size() == saved->bytes);
            break;
        }
        CHECK(support::failure(saved) == "out_of_memory");
        CHECK(destination.size() == 0);
    }
}

TEST_CASE("a save tells how long its header is")
{
    const std::vector<std::uint8_t> one(1);
    const dict                      model{{"w", view(one)}};
    std::string                     file;
    stet::append_sink               destination(file);

    const auto written = stet::save(stet::model_only{.model = model}, stet::layouts::generic{}, destination);

    REQUIRE(written);
    CHECK(written->header_bytes == file.size() - 8 - 1);
    CHECK(stet::ceilings::exceeded(written->header_bytes).empty());
}

TEST_CASE("a producer is lent the block in which the file is staged")
{
    struct lent_room {
        std::size_t size = 0;
    };
    static lent_room seen; // a producer has no state of its own
    const lent_room  device{};
    const dict       tensors{
              {"a", *stet::produced_view(dtype::u8, {mebibyte}, device, [](const lent_room&, stet::sink_ref out) {
             const auto place = out.lend(mebibyte);
             REQUIRE(place);
             seen.size = place->size();
             std::fill(place->begin(), place->end(), std::byte{'x'});
             return out.write(*place);
         })}};
    std::vector<std::byte> staging(mebibyte);
    std::string            whole;
    stet::append_sink      destination(whole);
    REQUIRE(stet::save(stet::model_only{.model = tensors}, stet::layouts::generic{}, destination,
                       {.staging = staging}));
    CHECK(seen.size == mebibyte);
    CHECK((whole.substr(whole.size() - mebibyte) == std::string(mebibyte, 'x')));
}
