// SPDX-License-Identifier: MIT
// One of each type that a debugger is taught to show; the debugger stops in here().
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

volatile int stops = 0;

void here()
{
    stops = stops + 1;
}

} // namespace

int main()
{
    const std::array<float, 6>            numbers{1, 2, 3, 4, 5.5F, -6};
    const std::array<std::int64_t, 2>     whole{7, -8};
    const stet::dtype                     type = stet::dtype::bf16;
    const stet::extents                   shape{2, 3};
    const stet::extents                   wrong{2, -3};
    const stet::extents                   scalar;
    const stet::result<stet::tensor_view> packed = stet::view_of(numbers, shape);
    const stet::tensor_view               view = *packed;
    const stet::tensor_view               transposed = *stet::transposed(view);
    const stet::tensor_view               produced = *stet::produced_view(
        stet::dtype::f32, {2, 3}, numbers, [](const std::array<float, 6>& from, stet::sink_ref destination) {
            return destination.write(std::as_bytes(std::span(from)));
        });
    const stet::result<stet::tensor_view> refused = stet::view_of(numbers, {7});
    const stet::error                     named = refused.error().about("a.weight").with("one", "two");
    const stet::result<void>              done;
    const stet::placed_name               name{.prefix = "model.", .stem = "a.weight"};

    const std::map<std::string, stet::tensor_view> dict{{"a.weight", view},
                                                        {"b.steps", *stet::view_of(whole, {2})}};
    const stet::result<stet::plan>                 planned =
        stet::make_plan(stet::model_only{.model = dict}, stet::layouts::generic{});
    const stet::plan&         plan = *planned;
    const stet::record&       record = plan.records()[0];
    const stet::metadata_view metadata =
        dict.empty() ? stet::metadata_view() : stet::metadata_view({{"format", "pt"}});
    const stet::metadata_view nothing;

    std::vector<std::byte> bytes;
    if (!stet::save(dict, bytes, {.metadata = {{"format", "pt"}}}))
        return 1;
    const stet::result<stet::checkpoint_view> file = stet::read_checkpoint(bytes);
    const stet::found_tensor                  found = (*file)["a.weight"];
    const stet::found_tensor                  missing = (*file)["c"];
    const stet::stored_tensor                 stored = file->header()[0];

    const stet::exact_path path{"shown.safetensors", stet::existing_file::replace};
    if (!stet::save(dict, path, {.durability = stet::durability::none}))
        return 1;
    const stet::result<stet::mapped_checkpoint> mapped = stet::mapped_checkpoint::open("shown.safetensors");
    const stet::result<stet::file_checkpoint>   read = stet::file_checkpoint::open("shown.safetensors");
    here();
    static_cast<void>(std::array<const void*, 22>{&type, &wrong, &scalar, &transposed, &produced, &named,
                                                  &done, &name, &record, &metadata, &nothing, &found,
                                                  &missing, &stored, &mapped, &read});
    return stops == 1 ? 0 : 1;
}
