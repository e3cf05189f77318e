// SPDX-License-Identifier: MIT
// Reads on Windows, without a test framework, so that a cross compiler and an emulator suffice.
//
//   windows_read check FOLDER         runs the checks in FOLDER, which exists
#include <stet/read.hpp>
#include <stet/stet.hpp>

// After the library, whose own declarations of the system's calls must agree with the system's.
#include "windows_checks.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <io.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>
#include <winioctl.h>

namespace {

using namespace windows_checks;
using stet::errc;

/// A folder and its parents.
void make_folders(const std::string& path)
{
    for (std::size_t at = path.find('/', 3); at != std::string::npos; at = path.find('/', at + 1))
        CreateDirectoryW(raw(path.substr(0, at)).c_str(), nullptr);
}

/// A checkpoint whose content differs from seed to seed.
struct sample {
    explicit sample(std::uint8_t seed) : data(40'000)
    {
        for (std::size_t i = 0; i < data.size(); ++i)
            data[i] = static_cast<std::uint8_t>((i * 31 + seed) % 251);
        model.emplace_back("weights", *stet::view_of(data, {200, 200}));
    }
    sample(const sample&) = delete;
    sample& operator=(const sample&) = delete;
    ~sample() = default;

    stet::result<stet::saved_checkpoint> save(const std::string& path) const
    {
        return stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                          stet::exact_path{path, stet::existing_file::replace});
    }

    bool is(std::span<const std::byte> read) const
    {
        return std::ranges::equal(read, std::as_bytes(std::span(data)));
    }

    std::vector<std::uint8_t>                              data;
    std::vector<std::pair<std::string, stet::tensor_view>> model{};
};

bool is_in_source(const sample& own, const std::string& path)
{
    const auto source = stet::file_source::open(path.c_str());
    if (!source)
        return false;
    const auto file = stet::open_checkpoint(*source);
    if (!file)
        return false;
    std::vector<std::byte> data(own.data.size());
    return file->read(file->header()[0], data) && own.is(data);
}

bool is_in_mapping(const sample& own, const std::string& path)
{
    const auto file = stet::mapped_file::open(path.c_str());
    if (!file)
        return false;
    const auto checkpoint = stet::read_checkpoint(file->bytes());
    return checkpoint && own.is(checkpoint->data(checkpoint->header()[0]));
}

void check_reading(const std::string& here)
{
    const sample own(1);
    std::string  long_path = here + "/";
    for (int i = 0; i < 12; ++i)
        long_path += "a folder with a rather long name " + std::to_string(i) + "/";
    make_folders(long_path);
    for (const std::string& path :
         {here + "/plain.safetensors",
          here + "/caf\xC3\xA9 \xE6\xA8\xA1\xE5\x9E\x8B \xF0\x9F\xA6\x8A.safetensors",
          long_path + "model.safetensors"})
    {
        expect(static_cast<bool>(own.save(path)), "a file is there");
        expect(is_in_source(own, path), "it is read at the places asked for");
        expect(is_in_mapping(own, path), "it is mapped");
    }
}

void check_refusals(const std::string& here)
{
    const auto expect_both = [&](const std::string& path, errc code, std::string_view text) {
        const std::string_view subject =
            std::string_view(path).substr(path.size() - std::min<std::size_t>(path.size(), 8));
        expect_error(stet::file_source::open(path.c_str()), code, subject, text);
        expect_error(stet::mapped_file::open(path.c_str()), code, subject, text);
    };
    expect_both(here + "/missing.safetensors", errc::file_missing, "a missing file is told");
    expect_both(here + "/missing/model.safetensors", errc::file_missing, "so is one in a missing folder");
    expect_both(here, errc::not_a_regular_file, "a folder is no file");
    expect_both(here + "/" + std::string(300, 'n'), errc::file_name_too_long, "a name may be too long");
    expect_both(here + "/a*b", errc::file_missing, "nor is a pattern");
    expect_both("", errc::file_missing, "no path is no file");
    expect_both(here + "/a\xFF.safetensors", errc::file_missing, "a path that is not UTF-8 names nothing");

    const std::string locked = here + "/locked.safetensors";
    expect(static_cast<bool>(sample(2).save(locked)), "a file is there");
    {
        const handle alone(opened(locked, GENERIC_READ, 0, OPEN_EXISTING));
        expect_both(locked, errc::permission_denied,
                    "a file that another program keeps for itself is not read");
    }
    expect(is_in_source(sample(2), locked), "it is when that program is done");
}

void check_ends(const std::string& here)
{
    const std::string path = here + "/short";
    put(path, "");
    const auto empty = stet::mapped_file::open(path.c_str());
    expect(empty && empty->bytes().empty(), "an empty file maps to no bytes");
    put(path, "0123456789");
    const auto source = stet::file_source::open(path.c_str());
    expect(source && source->size() == 10, "a file has its size");
    if (!source)
        return;
    std::array<std::byte, 4> buffer{};
    expect(source->read(6, buffer) && buffer[3] == std::byte{'9'}, "its end is read");
    const auto beyond = source->read(8, buffer);
    expect(!beyond && beyond.error().code == errc::incomplete_data && beyond.error().expected == 12 &&
               beyond.error().actual == 10,
           "nothing is read beyond it");
    expect(source->read(0, buffer) && buffer[0] == std::byte{'0'}, "its beginning is read after that");
}

void check_threads(const std::string& here)
{
    const sample      own(3);
    const std::string path = here + "/threads.safetensors";
    expect(static_cast<bool>(own.save(path)), "a file is there");
    const auto source = stet::file_source::open(path.c_str());
    const auto file = source ? std::optional(stet::open_checkpoint(*source)) : std::nullopt;
    expect(file && *file, "it is opened");
    if (!file || !*file)
        return;
    std::array<bool, 4>      right{};
    std::vector<std::thread> readers;
    for (std::size_t which = 0; which < right.size(); ++which) {
        readers.emplace_back([&, which] {
            const stet::stored_tensor  tensor = (*file)->header()[0];
            std::array<std::byte, 200> row{};
            bool                       all = true;
            for (std::size_t i = 0; i < 2000 && all; ++i) {
                const std::size_t at = (i * 7 + which * 50) % 200;
                const auto        part = stet::detail::rows(tensor, at, at + 1);
                all = part && (*file)->read(tensor, *part, row) &&
                      std::ranges::equal(row, std::as_bytes(std::span(own.data)).subspan(at * 200, 200));
            }
            right[which] = all;
        });
    }
    for (std::thread& reader : readers)
        reader.join();
    expect(right == std::array{true, true, true, true}, "several threads read from one source");
}

void check_saving_over(const std::string& here)
{
    const sample      old(4);
    const sample      fresh(5);
    const std::string path = here + "/over.safetensors";
    expect(static_cast<bool>(old.save(path)), "a file is there");
    {
        auto opened = stet::mapped_file::open(path.c_str());
        expect(static_cast<bool>(opened), "it is mapped");
        if (!opened)
            return;
        const stet::mapped_file file = *std::move(opened);
        const auto              checkpoint = stet::read_checkpoint(file.bytes());
        expect(static_cast<bool>(checkpoint), "it is read");
        const auto saved = fresh.save(path);
        expect_error(saved, errc::file_in_use, path.substr(path.size() - 8), "a mapped file is not replaced");
        if (!saved)
            expect(stet::message(saved.error()).find("first close its mapping") != std::string::npos,
                   "the sentence says what to do");
        const auto itself = stet::save(*checkpoint, stet::exact_path{path, stet::existing_file::replace});
        expect_error(itself, errc::file_in_use, path.substr(path.size() - 8), "not even by its own tensors");
        expect(checkpoint && old.is(checkpoint->data(checkpoint->header()[0])), "its bytes stay");
    }
    expect(is_in_source(old, path), "the old file is whole");
    {
        const auto source = stet::file_source::open(path.c_str());
        expect(static_cast<bool>(source), "it is opened");
        const auto saved = fresh.save(path);
        expect(saved || saved.error().code == errc::file_in_use, "an open file is replaced or in use");
    }
    expect(static_cast<bool>(fresh.save(path)), "closed, it is replaced");
    expect(is_in_mapping(fresh, path), "by the new one");
    expect(!has_part_file(entries(here)), "no part file is left");
}

// ---- a file above four gigabytes ---------------------------------------------------------------------------

/// What nobody has to write: the end of the file is set already.
std::array<std::byte, std::size_t{16} << 20U> zeros{};

bool is_of_zeros(const void* data)
{
    const auto* const begin = static_cast<const std::byte*>(data);
    return begin >= zeros.data() && begin < zeros.data() + zeros.size();
}

/// The system's own calls, but zeros are left out, so that the file takes no space for them.
stet::file_system sparse_file_system()
{
    namespace system = stet::detail::windows;
    stet::file_system calls = stet::native_file_system();
    calls.create_file = [](void* context, stet::file_handle folder, const char* name, std::uint32_t mode) {
        const stet::os_result created = system::create_file(context, folder, name, mode);
        if (created.error == 0) {
            // Where this is not known, files have holes anyway.
            const std::intptr_t file =
                _get_osfhandle(system::descriptor_of(static_cast<stet::file_handle>(created.value)));
            DWORD size = 0;
            DeviceIoControl(reinterpret_cast<HANDLE>(file), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &size,
                            nullptr);
        }
        return created;
    };
    calls.write = [](void* context, stet::file_handle file, const void* data, std::size_t size) {
        if (!is_of_zeros(data))
            return system::write(context, file, data, size);
        const auto         distance = static_cast<std::int64_t>(size);
        const std::int64_t place = _lseeki64(system::descriptor_of(file), distance, SEEK_CUR);
        return stet::os_result{.value = distance, .error = place < 0 ? EIO : 0};
    };
    return calls;
}

/// Four gigabytes of zeros, then a row that is not.
struct large_tensor {
    static constexpr std::size_t   row_size = std::size_t{1} << 20U;
    static constexpr std::uint64_t rows = 4097;

    std::vector<std::byte> last_row = std::vector<std::byte>(row_size, std::byte{0x5A});

    stet::result<stet::tensor_view> view() const
    {
        return stet::produced_view(stet::dtype::u8, {rows, row_size}, *this,
                                   [](const large_tensor& tensor, stet::sink_ref out) -> stet::result<void> {
                                       for (std::uint64_t left = (rows - 1) * row_size; left != 0;
                                            left -= zeros.size()) {
                                           if (auto written = out.write(zeros); !written)
                                               return written;
                                       }
                                       return out.write(tensor.last_row);
                                   });
    }
};

bool all_are(std::span<const std::byte> data, std::byte value)
{
    return std::ranges::all_of(data, [value](std::byte one) { return one == value; });
}

/// A row on either side of the four gigabytes, and the tensor behind.
bool is_large(std::span<const std::byte> rows, std::span<const std::byte> behind, const sample& own)
{
    const auto first = rows.first(large_tensor::row_size);
    return all_are(first, std::byte{0}) && all_are(rows.subspan(first.size()), std::byte{0x5A}) &&
           own.is(behind);
}

void check_reading_large(const std::string& path, const sample& own)
{
    const auto source = stet::file_source::open(path.c_str());
    if (expect_success(source, "a large file is opened")) {
        const auto file = stet::open_checkpoint(*source);
        if (!expect_success(file, "and its header read"))
            return;
        const stet::stored_tensor large = file->header()[0];
        std::vector<std::byte>    rows(2 * large_tensor::row_size);
        std::vector<std::byte>    behind(own.data.size());
        const auto part = stet::detail::rows(large, large_tensor::rows - 2, large_tensor::rows);
        expect(part && file->read(large, *part, rows) && file->read(file->header()[1], behind) &&
                   is_large(rows, behind, own),
               "what lies behind four gigabytes is read");
    }
    const auto mapped = stet::mapped_file::open(path.c_str());
    if (expect_success(mapped, "a large file is mapped")) {
        const auto checkpoint = stet::read_checkpoint(mapped->bytes());
        if (!expect_success(checkpoint, "a large mapping is read"))
            return;
        const auto large = checkpoint->data(checkpoint->header()[0]);
        expect(large.size() == large_tensor::rows * large_tensor::row_size &&
                   is_large(large.last(2 * large_tensor::row_size), checkpoint->data(checkpoint->header()[1]),
                            own),
               "what lies behind four gigabytes is mapped");
    }
}

void check_cut_large(const std::string& path, std::uint64_t whole)
{
    constexpr std::uint64_t cut = (std::uint64_t{1} << 32U) + 100;
    {
        const handle  file(opened(path, GENERIC_WRITE, 0, OPEN_EXISTING));
        LARGE_INTEGER end{};
        end.QuadPart = static_cast<std::int64_t>(cut);
        expect(SetFilePointerEx(file.value(), end, nullptr, FILE_BEGIN) != 0 &&
                   SetEndOfFile(file.value()) != 0,
               "a large file can be cut");
    }
    const auto source = stet::file_source::open(path.c_str());
    if (!expect_success(source, "a cut file is opened"))
        return;
    const auto file = stet::open_checkpoint(*source);
    expect(!file && file.error().code == errc::incomplete_data && file.error().expected == whole &&
               file.error().actual == cut,
           "how much is missing is told in full");
}

void check_large(const std::string& here)
{
    const sample      own(6);
    const std::string path = here + "/large.safetensors";
    const auto        calls = sparse_file_system();

    const large_tensor large;

    std::vector<std::pair<std::string, stet::tensor_view>> model{{"large", *large.view()}, own.model[0]};

    bool       is_set_aside = true;
    const auto on_progress = [&](const stet::progress& progress) {
        const DWORD   shared = FILE_SHARE_READ | FILE_SHARE_WRITE;
        const handle  part(opened(path + ".part", GENERIC_READ, shared, OPEN_EXISTING));
        LARGE_INTEGER size{};
        GetFileSizeEx(part.value(), &size);
        is_set_aside = is_set_aside && static_cast<std::uint64_t>(size.QuadPart) == progress.bytes_total;
        return true;
    };
    const auto saved = stet::save(stet::model_only{.model = model}, stet::layouts::generic{},
                                  stet::exact_path{path}, {.progress = on_progress, .file_system = &calls});
    if (!expect_success(saved, "more than four gigabytes are saved"))
        return;
    expect(is_set_aside, "space for all of it is set aside before it is written");
    const std::uint64_t data_size = large_tensor::rows * large_tensor::row_size + own.data.size();
    expect(saved->bytes == 8 + saved->header_bytes + data_size, "the size is told in full");
    check_reading_large(path, own);
    check_cut_large(path, saved->bytes);
}

int check(const char* folder)
{
    const std::string here = full_path(folder);
    check_reading(here);
    check_refusals(here);
    check_ends(here);
    check_threads(here);
    check_saving_over(here);
    check_large(here);
    return report();
}

} // namespace

int main(int count, char** values)
{
    if (count == 3 && std::string_view(values[1]) == "check")
        return check(values[2]);
    std::fputs("check FOLDER\n", stderr);
    return 2;
}
