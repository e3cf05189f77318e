// SPDX-License-Identifier: MIT
// Opens a text model's checkpoint, splits it by a layout written here, and saves the components again.
//
//   interop_split_by_prefix INPUT OUTPUT      prints how many tensors each component has
#include <stet/read.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/split/split.hpp>
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// The embeddings and the layers apart; the rest, a pooler, keeps its names.
using layout =
    stet::prefix_layout<stet::under<stet::role::text_encoder, "embeddings.">,
                        stet::under<stet::role::model, "encoder.">, stet::under<stet::role::vae, "decoder.">,
                        stet::under<stet::role::extra, "">>;

int fail(const stet::error& failed)
{
    std::fprintf(stderr, "%s\n", stet::message(failed).c_str());
    return 1;
}

template <class Role>
stet::component<Role> part(const stet::split_part& tensors)
{
    return tensors.empty() ? stet::component<Role>(stet::no_entries) : stet::component<Role>(tensors);
}

int split(const char* input, const char* output)
{
    const auto file = stet::mapped_file::open(input);
    if (!file)
        return fail(file.error());
    const auto checkpoint = stet::read_checkpoint(file->bytes());
    if (!checkpoint)
        return fail(checkpoint.error());
    const auto parts = stet::split<layout>(*checkpoint);
    if (!parts)
        return fail(parts.error());

    const auto&                                                header = checkpoint->header();
    std::vector<std::pair<std::string_view, std::string_view>> metadata;
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        metadata.emplace_back(header.metadata(i).key, header.metadata(i).value);
    stet::save_options options{.durability = stet::durability::none};
    if (header.has_metadata())
        options.metadata = metadata;
    const stet::full again{.model = part<stet::role::model>(parts->model),
                           .text_encoder = part<stet::role::text_encoder>(parts->text_encoder),
                           .vae = part<stet::role::vae>(parts->vae),
                           .extra = part<stet::role::extra>(parts->leftover)};
    const auto       saved =
        stet::save(again, layout{}, stet::exact_path{output, stet::existing_file::replace}, options);
    if (!saved)
        return fail(saved.error());
    std::printf("%zu %zu %zu\n", parts->model.size(), parts->text_encoder.size(), parts->leftover.size());
    return 0;
}

} // namespace

int main(int count, char** values)
{
    if (count != 3) {
        std::fputs("usage: interop_split_by_prefix INPUT OUTPUT\n", stderr);
        return 2;
    }
    return split(values[1], values[2]);
}
