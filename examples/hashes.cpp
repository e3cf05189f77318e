// SPDX-License-Identifier: MIT
// Saves a small adapter with its hashes in the header, as trainers do, and looks at the file as registries do.
#include "arguments.hpp"

#include <stet/hashes.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <iostream>
#include <map>
#include <string>

namespace {

void print(const stet::hashes::file_hashes& found)
{
    const stet::hashes::hash_texts texts = stet::hashes::texts_of(found);
    std::cout << "    AutoV2: " << texts.autov2.view() << "\n    AutoV3: " << texts.autov3.view()
              << "\n    sshs_model_hash: " << texts.sshs_model.view() << '\n';
}

} // namespace

int main(int count, char** values)
{
    const auto                 arguments = example::parse(count, values);
    const std::array<float, 6> down{1, 2, 3, 4, 5, 6};
    const std::array<float, 4> up{7, 8, 9, 10};
    const auto                 down_view = stet::view_of(down, {2, 3});
    const auto                 up_view = stet::view_of(up, {2, 2});
    if (!down_view || !up_view)
        return 1;
    const std::map<std::string, stet::tensor_view> adapter{{"lora_down.weight", *down_view},
                                                           {"lora_up.weight", *up_view}};
    const std::map<std::string, std::string>       metadata{{"ss_network_dim", "2"}};

    // Hashed while it is written; nothing is read back.
    const auto saved = stet::save(
        adapter, stet::numbered{.root = arguments.output, .prefix = "checkpoints/hashed"},
        {.metadata = metadata,
         .hashes = stet::hashes::while_saving{
             .kinds = {.sha256 = true, .data = true, .sshs = true, .tensors = true}, .sshs_fields = true}});
    if (!saved) {
        std::cerr << stet::message(saved.error()) << '\n';
        return 1;
    }
    std::cout << saved->path << '\n';
    print(saved->hashes);
    for (const stet::hashes::tensor_digest& one : saved->hashes.tensors)
        std::cout << "    " << stet::readable(one.name) << ": SHA-256 "
                  << stet::hashes::digits_of(one.sha256, 16).view() << "...\n";

    // The same of a file that is there, and more.
    const auto file = stet::file_source::open(saved->path.c_str());
    if (!file) {
        std::cerr << stet::message(file.error()) << '\n';
        return 1;
    }
    const auto found = stet::hashes::hash_checkpoint(*file);
    if (!found) {
        std::cerr << stet::message(found.error()) << '\n';
        return 1;
    }
    std::cout << "the file that is there:\n";
    print(*found);
    const stet::hashes::hash_texts texts = stet::hashes::texts_of(*found);
    std::cout << "    AutoV1: " << texts.autov1.view()
              << " (the file ends before the bytes it is of)\n    CRC32: " << texts.crc32.view()
              << ", by Civitai " << texts.civitai.crc32.view() << "\n    InvokeAI: " << texts.invokeai.view()
              << '\n';

    const auto checkpoint = stet::file_checkpoint::open(saved->path.c_str());
    if (!checkpoint)
        return 1;
    std::cout << "in the header:\n    sshs_model_hash: "
              << checkpoint->header().metadata("sshs_model_hash").value_or("nothing") << '\n';
}
