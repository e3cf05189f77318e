// SPDX-License-Identifier: MIT
// Saves the state dict that test_same_bytes.py describes: lines `tensor NAME DTYPE SIZE DIMENSION...` and
// `metadata KEY TEXT`, texts in hexadecimal behind an 'x'. The tensors' bytes stand in a second file. In reference order, or aligned to 4096.
#include <stet/stet.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

struct tensor {
    stet::dtype                type{};
    std::vector<std::uint64_t> shape{};
    stet::bytes                data{};
};

struct description {
    std::vector<std::pair<std::string, tensor>>                     tensors{};
    std::optional<std::vector<std::pair<std::string, std::string>>> metadata{};
};

std::string from_hexadecimal(const std::string& word)
{
    std::string text;
    for (std::size_t i = 1; i + 1 < word.size(); i += 2)
        text += static_cast<char>(std::stoi(word.substr(i, 2), nullptr, 16));
    return text;
}

description read(std::istream& lines, stet::bytes data)
{
    description all;
    std::size_t at = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string        kind;
        words >> kind;
        if (kind == "metadata") {
            std::string key;
            std::string text;
            if (!all.metadata)
                all.metadata.emplace();
            if (words >> key >> text)
                all.metadata->emplace_back(from_hexadecimal(key), from_hexadecimal(text));
            continue;
        }
        std::string name;
        std::string dtype_name;
        std::size_t size = 0;
        words >> name >> dtype_name >> size;
        tensor described{.type = stet::dtype_named(dtype_name).value_or(stet::dtype::u8),
                         .data = data.subspan(at, size)};
        for (std::uint64_t dimension = 0; words >> dimension;)
            described.shape.push_back(dimension);
        at += size;
        all.tensors.emplace_back(from_hexadecimal(name), std::move(described));
    }
    return all;
}

} // namespace

template <>
struct stet::tensor_traits<tensor> {
    static result<tensor_view> view(const tensor& t) noexcept { return view_of(t.type, t.shape, t.data); }
};

int main(int count, char** values)
{
    if (count != 4 && count != 5) {
        std::fputs("usage: interop_described DESCRIPTION DATA OUTPUT [aligned]\n", stderr);
        return 2;
    }
    std::ifstream           lines(values[1]);
    std::ifstream           data_file(values[2], std::ios::binary);
    const std::vector<char> data{std::istreambuf_iterator<char>(data_file), {}};
    const description       given = read(lines, std::as_bytes(std::span(data)));

    stet::save_options options{.durability = stet::durability::none};
    if (count == 5)
        options.order = stet::aligned_order<4096>;
    if (given.metadata)
        options.metadata = *given.metadata;
    const auto saved = stet::save(
        stet::model_only{.model = stet::no_entries, .extra = given.tensors}, stet::layouts::generic{},
        stet::exact_path{.path = values[3], .existing = stet::existing_file::replace}, options);
    if (!saved) {
        std::fprintf(stderr, "%s\n", stet::message(saved.error()).c_str());
        return 1;
    }
    return 0;
}
