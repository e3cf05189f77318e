// SPDX-License-Identifier: MIT
// Writes files with every dtype and every kind of tensor, name and metadata, for test_dtypes.py to open.
#include <stet/stet.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// Tensors that own or borrow their bytes, named one by one. A deque keeps what is borrowed in place.
class collection {
public:
    void add(std::string name, const stet::result<stet::tensor_view>& tensor)
    {
        tensors_.push_back({std::move(name), tensor});
    }

    std::span<std::byte> keep(std::uint64_t size)
    {
        return kept_.emplace_back(stet::detail::memory_size(size));
    }

    const auto& tensors() const { return tensors_; }

private:
    std::vector<std::pair<std::string, stet::result<stet::tensor_view>>> tensors_;
    std::deque<std::vector<std::byte>>                                   kept_;
};

/// Saves to folder/name.safetensors. False, with a line on stderr, if that fails.
bool save(const std::string& folder, std::string_view name, const collection& given,
          const stet::metadata_view& metadata = {})
{
    const auto fail = [name](const stet::error& error) {
        std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(name.size()), name.data(),
                     stet::message(error).c_str());
        return false;
    };
    std::vector<std::pair<std::string_view, stet::tensor_view>> tensors;
    for (const auto& [key, tensor] : given.tensors()) {
        if (!tensor)
            return fail(tensor.error().about(key));
        tensors.emplace_back(key, *tensor);
    }
    const std::string path = folder + "/" + std::string(name) + ".safetensors";
    const auto        saved = stet::save(stet::model_only{.model = stet::no_entries, .extra = tensors},
                                         stet::layouts::generic{}, stet::exact_path{.path = path},
                                         {.metadata = metadata, .durability = stet::durability::none});
    return saved ? true : fail(saved.error());
}

/// Each dtype with counted bytes, with a first axis of size zero, and as a scalar where it has whole bytes.
bool save_bytes(const std::string& folder)
{
    collection file;
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const auto        type = static_cast<stet::dtype>(i);
        const std::string name(stet::name(type));
        const auto        fill = [&](const stet::extents& shape) {
            const auto size = stet::byte_count(type, shape);
            const auto bytes = file.keep(size ? *size : 0);
            for (std::size_t at = 0; at < bytes.size(); ++at)
                bytes[at] =
                    static_cast<std::byte>(type == stet::dtype::boolean ? at % 2 : (at * 37 + i) % 256);
            return stet::view_of(type, shape, bytes);
        };
        file.add("filled." + name, fill({3, 2, 4}));
        file.add("empty." + name, fill({0, 5}));
        if (!stet::is_sub_byte(type))
            file.add("scalar." + name, fill({}));
    }
    return save(folder, "bytes", file);
}

/// Numbers given as C++ types.
bool save_numbers(const std::string& folder)
{
    const std::array<bool, 3>                b{true, false, true};
    const std::array<std::int8_t, 3>         i8{-128, 0, 127};
    const std::array<std::uint8_t, 3>        u8{0, 1, 255};
    const std::array<std::int16_t, 3>        i16{-32768, -1, 32767};
    const std::array<std::uint16_t, 3>       u16{0, 258, 65535};
    const std::array<std::int32_t, 3>        i32{INT32_MIN, -1, INT32_MAX};
    const std::array<std::uint32_t, 3>       u32{0, 16909060, UINT32_MAX};
    const std::array<std::int64_t, 3>        i64{INT64_MIN, -1, INT64_MAX};
    const std::array<std::uint64_t, 3>       u64{0, 72623859790382856, UINT64_MAX};
    const std::array<float, 3>               f32{-1.5F, 0.1F, 3.0e38F};
    const std::array<double, 3>              f64{-1.5, 0.1, 1.0e308};
    const std::array<std::complex<float>, 3> c64{{{1, -2}, {0.5F, 0}, {0, 3.0e38F}}};

    collection file;
    file.add("bool", stet::view_of(b, {3}));
    file.add("int8", stet::view_of(i8, {3}));
    file.add("uint8", stet::view_of(u8, {3, 1}));
    file.add("int16", stet::view_of(i16, {1, 3}));
    file.add("uint16", stet::view_of(u16, {3}));
    file.add("int32", stet::view_of(i32, {3}));
    file.add("uint32", stet::view_of(u32, {3}));
    file.add("int64", stet::view_of(i64, {3}));
    file.add("uint64", stet::view_of(u64, {3}));
    file.add("float32", stet::view_of(f32, {3}));
    file.add("float64", stet::view_of(f64, {3}));
    file.add("complex64", stet::view_of(c64, {3}));
    return save(folder, "numbers", file);
}

/// 0, 1, 2, ... through every way to look at them.
bool save_views(const std::string& folder)
{
    std::array<std::int32_t, 120> n{};
    std::iota(n.begin(), n.end(), 0);
    const std::array<std::uint64_t, 10> ten_axes{1, 2, 1, 3, 1, 4, 1, 5, 1, 1};
    const std::array<std::int64_t, 10>  ten_strides{0, 1, 0, 2, 0, 6, 0, 24, 0, 0};

    const auto cube = stet::view_of(n, {4, 5, 6});
    const auto rows = stet::view_of(std::span(n).first(12), {3, 4});
    const auto more_rows = stet::view_of(std::span(n).subspan(100, 8), {2, 4});
    if (!cube || !rows || !more_rows)
        return false;
    const auto columns = stet::transposed(*rows);
    if (!columns)
        return false;
    const std::array<stet::tensor_view, 2> parts{*rows, *more_rows};
    const std::array<stet::tensor_view, 2> turned_parts{*columns, *columns};
    const auto                             stack = stet::stacked::of(parts);
    const auto                             turned_stack = stet::stacked::of(turned_parts);
    if (!stack || !turned_stack)
        return false;

    const auto count_in_threes = [](const std::uint16_t& most, stet::sink_ref to) -> stet::result<void> {
        for (std::uint16_t i = 0; i < most; ++i) {
            const std::array<std::byte, 2> little{static_cast<std::byte>(i * 3 % 256),
                                                  static_cast<std::byte>(i * 3 / 256)};
            if (auto written = to.write(little); !written)
                return written;
        }
        return {};
    };
    const std::uint16_t most = 20'000;

    collection file;
    file.add("whole", cube);
    file.add("ten_axes", stet::view_of(n, ten_axes));
    file.add("ten_axes_reversed", stet::strided_view(n, ten_axes, ten_strides));
    file.add("transposed", stet::transposed(*rows));
    file.add("transposed_0_2", stet::transposed(*cube, 0, 2));
    file.add("transposed_1_2", stet::transposed(*cube, 1, 2));
    file.add("sliced_0", stet::sliced(*cube, 0, 1, 3));
    file.add("sliced_2", stet::sliced(*cube, 2, 1, 5));
    file.add("sliced_to_nothing", stet::sliced(*cube, 1, 2, 2));
    file.add("channels_first", stet::strided_view(n, {2, 3, 4, 5}, {60, 1, 15, 3}));
    file.add("reversed", stet::strided_view(n, {120}, {-1}, 119));
    file.add("repeated", stet::strided_view(n, {3, 4}, {0, 2}, 7));
    file.add("diagonal", stet::strided_view(n, {10}, {11}));
    file.add("stacked", stack->view());
    file.add("stacked_transposed", turned_stack->view());
    file.add("produced", stet::produced_view(stet::dtype::u16, {most}, most, count_in_threes));
    return save(folder, "views", file);
}

/// Names that an encoder can get wrong. test_dtypes.py has the same list.
bool save_names(const std::string& folder)
{
    using namespace std::string_view_literals;
    const std::array<std::string_view, 15> names{""sv,
                                                 " "sv,
                                                 "a.b.c"sv,
                                                 "../../etc/passwd"sv,
                                                 "\"quoted\" \\ back/slash"sv,
                                                 "\0middle\0"sv,
                                                 "\b\t\n\f\r\x01\x1F\x7F"sv,
                                                 "caf\xC3\xA9"sv,
                                                 "cafe\xCC\x81"sv,
                                                 "\xE6\xA8\xA1\xE5\x9E\x8B"sv,
                                                 "\xF0\x9F\xA6\x8A"sv,
                                                 "\xEF\xBF\xBD"sv,
                                                 "\xE2\x80\xA8\xE2\x80\xA9"sv,
                                                 "<&>'{}[],:"sv,
                                                 "__metadata__."sv};
    const std::array<std::uint8_t, 15>     index{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};

    collection file;
    for (std::size_t i = 0; i < names.size(); ++i)
        file.add(std::string(names[i]), stet::view_of(std::span(index).subspan(i, 1), {1}));
    file.add(std::string(20'000, 'n'), stet::view_of(std::span(index).first(0), {0}));
    return save(folder, "names", file);
}

/// No metadata, none in an existing one, several entries, and metadata without tensors.
bool save_metadata(const std::string& folder)
{
    const std::map<std::string, std::string> none;
    const std::map<std::string, std::string> several{{"format", "pt"},
                                                     {"", "empty key"},
                                                     {"empty text", ""},
                                                     {"workflow", "{\"nodes\": [\"a\\b\"],\n\t\"id\": 1}"},
                                                     {"\xE9\x8D\xB5", "\xF0\x9F\xA6\x8A \x01"}};
    const std::array<float, 2>               numbers{1, 2};

    collection tensors;
    tensors.add("a", stet::view_of(numbers, {2}));
    const collection nothing;
    return save(folder, "metadata_absent", tensors) && save(folder, "metadata_none", tensors, none) &&
           save(folder, "metadata_several", tensors, several) &&
           save(folder, "only_metadata", nothing, several) && save(folder, "nothing", nothing) &&
           save(folder, "nothing_in_metadata", nothing, none);
}

} // namespace

int main(int count, char** values)
{
    if (count != 2) {
        std::fputs("usage: interop_dtypes FOLDER\n", stderr);
        return 2;
    }
    const std::string folder = values[1];
    const bool all = save_bytes(folder) && save_numbers(folder) && save_views(folder) && save_names(folder) &&
                     save_metadata(folder);
    return all ? 0 : 1;
}
