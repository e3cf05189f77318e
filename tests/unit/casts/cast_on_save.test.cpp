// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/every_writer.hpp"
#include "support/failure.hpp"
#include "support/files.hpp"
#include "support/parsed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/casts.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace casts = stet::casts;
using stet::dtype;

using dict = std::vector<std::pair<std::string, stet::tensor_view>>;

template <class Saved>
std::string in_memory(const Saved& what, const stet::sink_options& options)
{
    std::vector<std::byte> file;
    const auto             written = stet::save(what, file, options);
    return written ? std::string(reinterpret_cast<const char*>(file.data()), file.size())
                   : "failed: " + std::string(support::failure(written));
}

/// Numbers in memory of every kind that a file can come from: packed at any address, strided, produced.
class numbers {
public:
    static constexpr std::size_t rows = 300, columns = 200, count = rows * columns;

    numbers() : floats_(count + 1)
    {
        for (std::size_t i = 0; i < floats_.size(); ++i)
            floats_[i] = static_cast<float>(i) * 0.37F - 9000.0F;
        floats_[77] = std::numeric_limits<float>::infinity();
        floats_[78] = std::numeric_limits<float>::quiet_NaN();
        floats_[79] = 1e30F;
    }
    numbers(const numbers&) = delete;
    numbers& operator=(const numbers&) = delete;
    ~numbers() = default;

    dict tensors() const
    {
        const std::byte* const bytes = reinterpret_cast<const std::byte*>(floats_.data());
        dict                   all;
        all.emplace_back("packed", *stet::view_of(dtype::f32, {count}, bytes, count * 4));
        all.emplace_back("odd", *stet::view_of(dtype::f32, {count}, bytes + 1, count * 4));
        all.emplace_back("turned", *stet::strided_view(dtype::f32, {columns, rows}, {1, columns},
                                                       stet::bytes(bytes, count * 4)));
        all.emplace_back("made", *stet::produced_view(dtype::f32, {count}, *this,
                                                      [](const numbers& from, stet::sink_ref to) {
                                                          return from.produce(to);
                                                      }));
        all.emplace_back("integers", *stet::view_of(dtype::i32, {count}, bytes, count * 4));
        for (std::size_t i = 0; i < 40; ++i)
            all.emplace_back("small." + std::to_string(i), *stet::view_of(dtype::f32, {i}, bytes, i * 4));
        return all;
    }

private:
    stet::result<void> produce(stet::sink_ref to) const
    {
        const auto bytes = std::as_bytes(std::span(floats_)).first(count * 4);
        for (std::size_t at = 0; at < bytes.size(); at += 1001) {
            if (auto written = to.write(bytes.subspan(at, std::min<std::size_t>(1001, bytes.size() - at)));
                !written)
                return written;
        }
        return {};
    }

    std::vector<float> floats_;
};

/// The same file made the long way: every tensor in memory, cast there.
std::string long_way(const dict& tensors, dtype to, casts::too_large beyond)
{
    std::vector<std::vector<std::byte>> memory;
    dict                                cast;
    memory.reserve(tensors.size());
    for (const auto& [name, tensor] : tensors) {
        const bool stays = tensor.type != dtype::f32 || tensor.size == 0;
        memory.emplace_back(static_cast<std::size_t>(tensor.size));
        REQUIRE(casts::load_into(tensor, tensor.type, memory.back()));
        std::vector<std::byte> made(stays ? 0 : memory.back().size() / 4 * stet::element_size(to));
        if (!stays) {
            REQUIRE(casts::convert(dtype::f32, memory.back(), to, made, beyond));
            memory.back() = std::move(made);
        }
        cast.emplace_back(name, *stet::view_of(stays ? tensor.type : to, tensor.shape, memory.back()));
    }
    return in_memory(cast, {});
}

} // namespace

TEST_CASE("a file saved with a cast has the bytes of one whose tensors were cast before")
{
    const numbers all;
    const dict    tensors = all.tensors();
    for (const dtype to : {dtype::bf16, dtype::f16, dtype::f8_e5m2, dtype::f8_e4m3fnuz, dtype::f64}) {
        CAPTURE(stet::name(to));
        CHECK(in_memory(tensors, {.cast = casts::to(to)}) ==
              long_way(tensors, to, casts::too_large::saturates));
    }
    CHECK(in_memory(tensors, {.cast = casts::to(dtype::f8_e4m3, casts::too_large::becomes_nan)}) ==
          long_way(tensors, dtype::f8_e4m3, casts::too_large::becomes_nan));
    CHECK(in_memory(tensors, {.cast = casts::to(dtype::f32)}) == in_memory(tensors, {}));
}

TEST_CASE("every writer casts, to the same file, and counts the same", "[thread]")
{
    const numbers                    all;
    const dict                       tensors = all.tensors();
    const support::every_writer      writers;
    const support::scratch_directory folder;
    for (const auto& each : writers.list()) {
        CAPTURE(each.name);
        const std::string wanted = in_memory(tensors, {.order = each.order, .cast = casts::to(dtype::f16)});
        const auto        saved = stet::save(tensors, folder / each.name,
                                             {.durability = each.durability,
                                              .order = each.order,
                                              .cast = casts::to(dtype::f16),
                                              .writer = each.writer});
        REQUIRE(saved);
        CHECK(support::file_content(folder / each.name) == wanted);
        CHECK(saved->components[0].cast == 43);
        for (const stet::change& change : saved->changes.changes) {
            if (change.name.text() != "packed")
                continue;
            CHECK(change.what == stet::change::kind::cast);
            CHECK((change.from == dtype::f32 && change.to == dtype::f16));
            CHECK(change.clipped == 1);
            CHECK(change.not_finite == 2);
        }
    }
}

TEST_CASE("what a save to memory clipped is counted, and nothing is while it is only planned")
{
    const std::vector<float> floats{1.0F, 500.0F, -1000.0F, std::numeric_limits<float>::infinity()};
    const dict               tensors{{"a", *stet::view_of(floats, {4})},
                                     {"b", *stet::view_of(std::span(floats).first(1), {1})}};
    const auto               plan = stet::make_plan(tensors, {.cast = casts::to(dtype::f8_e4m3)});
    REQUIRE(plan);
    CHECK(plan->changes()[0].clipped == 0);
    for (int again = 0; again < 2; ++again) {
        std::vector<std::byte> file;
        const auto             saved = stet::save(*plan, file);
        REQUIRE(saved);
        REQUIRE(saved->changes.changes.size() == 2);
        CHECK(saved->changes.changes[0].clipped == 2);
        CHECK(saved->changes.changes[0].not_finite == 1);
        CHECK(saved->changes.changes[1].clipped == 0);
    }
}

namespace {

/// A tensor of zeros that is nowhere.
struct large_tensor {
    std::uint64_t bytes;

    stet::tensor_view view() const
    {
        return *stet::produced_view(dtype::f32, {bytes / 4}, *this,
                                    [](const large_tensor& of, stet::sink_ref to) { return of.produce(to); });
    }

private:
    stet::result<void> produce(stet::sink_ref to) const
    {
        const std::array<std::byte, 4096> piece{};
        for (std::uint64_t done = 0; done < bytes; done += piece.size()) {
            if (auto written = to.write(piece); !written)
                return written;
        }
        return {};
    }
};

} // namespace

TEST_CASE("a cast takes the memory of its list of changes and of one block, however large the tensor")
{
    const large_tensor     from{std::uint64_t{96} << 20U};
    const dict             tensors{{"w", from.view()}};
    support::counting_heap heap;
    stet::counting_sink    out;
    REQUIRE(stet::save(tensors, out, {.cast = casts::to(dtype::bf16), .allocator = heap.allocator()}));
    CHECK(out.size() > from.bytes / 2);
    CHECK(heap.peak_bytes() < (std::size_t{1} << 20U) + 100'000);
}

TEST_CASE("no writer holds a tensor that is cast", "[thread]")
{
    const large_tensor               from{std::uint64_t{16} << 20U};
    const dict                       tensors{{"w", from.view()}};
    const support::every_writer      writers;
    const support::scratch_directory folder(support::quick_place());
    for (const auto& each : writers.list()) {
        CAPTURE(each.name);
        support::counting_heap heap;
        REQUIRE(stet::save(tensors, folder / each.name,
                           {.durability = stet::durability::none,
                            .order = each.order,
                            .cast = casts::to(dtype::bf16),
                            .writer = each.writer,
                            .allocator = heap.allocator()}));
        CHECK(heap.peak_bytes() < std::size_t{2} << 20U);
        CHECK(heap.live_blocks() == 0);
    }
}

TEST_CASE("rules choose by name, by component and by question")
{
    const std::vector<float> floats(4, 1.5F);
    const dict               model{{"attn.weight", *stet::view_of(floats, {4})},
                                   {"norm.weight", *stet::view_of(floats, {4})}};
    const dict               vae{{"conv.weight", *stet::view_of(floats, {4})}};
    const stet::full         checkpoint{.model = model, .text_encoder = stet::no_entries, .vae = vae};
    const auto               types = [&](const casts::casting& cast) {
        std::string            all;
        std::vector<std::byte> file;
        REQUIRE(stet::save(checkpoint, stet::layouts::generic{}, file, {.cast = cast}));
        const auto read = stet::read_checkpoint(std::span<const std::byte>(file));
        REQUIRE(read);
        for (const auto [name, tensor] : *read)
            all += std::string(name) + ":" + std::string(stet::name(tensor.type)) + " ";
        return all;
    };
    const std::array<casts::rule, 2> but{casts::rule{.names = "*norm*"},
                                         {.role = stet::role::vae::name, .to = dtype::bf16}};
    CHECK(
        types(casts::to(dtype::f8_e5m2, but)) ==
        "model.diffusion_model.norm.weight:F32 vae.conv.weight:BF16 model.diffusion_model.attn.weight:F8_E5M2 ");
    CHECK(
        types(casts::by(but)) ==
        "model.diffusion_model.attn.weight:F32 model.diffusion_model.norm.weight:F32 vae.conv.weight:BF16 ");
    CHECK(types(casts::to(dtype::f16)) ==
          "model.diffusion_model.attn.weight:F16 model.diffusion_model.norm.weight:F16 vae.conv.weight:F16 ");
}

TEST_CASE("a save that leaves out and casts is read back by a reader of its own")
{
    const std::vector<float> floats{1.0F, -2.0F, 65504.0F};
    const dict tensors{{"w", *stet::view_of(floats, {3})}, {"model_ema.w", *stet::view_of(floats, {3})}};
    const std::string file =
        in_memory(tensors, {.leave_out = stet::selection::ema_copies, .cast = casts::to(dtype::f16)});
    const auto parsed = support::parse_checkpoint(file);
    REQUIRE(parsed);
    REQUIRE(parsed->tensors.size() == 1);
    CHECK(parsed->tensors[0].name == "w");
    CHECK(parsed->tensors[0].dtype == "F16");
    CHECK(parsed->tensors[0].bytes == std::string("\x00\x3C\x00\xC0\xFF\x7B", 6));
}

TEST_CASE("a producer that fails fails the save with its name, cast or not")
{
    struct failing {};
    const failing from;
    const dict tensors{{"w", *stet::produced_view(dtype::f32, {4}, from, [](const failing&, stet::sink_ref) {
                            return stet::result<void>(
                                stet::error{.code = stet::errc::sink_refused, .os_code = 5});
                        })}};
    std::vector<std::byte> file;
    const auto             saved = stet::save(tensors, file, {.cast = casts::to(dtype::f16)});
    CHECK(support::failure(saved) == "sink_refused");
    CHECK(saved.error().subject() == "w");
}
