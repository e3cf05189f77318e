// SPDX-License-Identifier: MIT
// Reads on Windows, without a test framework, so that a cross compiler and an emulator suffice.
//
//   windows_read check FOLDER         runs the checks in FOLDER, which exists
#include <stet/read/file_source.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/stet.hpp>

// After the library, whose own declarations of the same calls must agree with these.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>
#include <windows.h>

namespace {

using stet::errc;

int passed = 0;
int failed = 0;

void expect(bool fact, std::string_view text)
{
    ++(fact ? passed : failed);
    if (!fact)
        std::printf("FAILED: %.*s\n", static_cast<int>(text.size()), text.data());
}

template <class Value>
void expect_error(const stet::result<Value>& outcome, errc code, std::string_view subject,
                  std::string_view text)
{
    const bool is_right =
        !outcome && outcome.error().code == code && outcome.error().subject.view().ends_with(subject);
    expect(is_right, text);
    if (!is_right)
        std::printf("        %s\n", outcome ? "it succeeded" : stet::message(outcome.error()).c_str());
}

std::wstring wide(const std::string& text)
{
    std::wstring units(text.size() + 1, L'\0');
    const int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), units.data(),
                                         static_cast<int>(units.size()));
    units.resize(static_cast<std::size_t>(size));
    return units;
}

/// A folder and its parents.
void make_folders(const std::string& path)
{
    for (std::size_t at = path.find('/', 3); at != std::string::npos; at = path.find('/', at + 1))
        CreateDirectoryW((L"\\\\?\\" +
                          [&] {
                              std::wstring units = wide(path.substr(0, at));
                              for (wchar_t& unit : units)
                                  unit = unit == L'/' ? L'\\' : unit;
                              return units;
                          }())
                             .c_str(),
                         nullptr);
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
    const HANDLE alone =
        CreateFileW(wide(locked).c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    expect_both(locked, errc::permission_denied, "a file that another program keeps for itself is not read");
    CloseHandle(alone);
    expect(is_in_source(sample(2), locked), "it is when that program is done");
}

void check_ends(const std::string& here)
{
    const std::string path = here + "/short";
    const HANDLE made = CreateFileW(wide(path).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
    CloseHandle(made);
    const auto empty = stet::mapped_file::open(path.c_str());
    expect(empty && empty->bytes().empty(), "an empty file maps to no bytes");
    {
        const HANDLE file =
            CreateFileW(wide(path).c_str(), GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr);
        unsigned long written = 0;
        WriteFile(file, "0123456789", 10, &written, nullptr);
        CloseHandle(file);
    }
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
                const auto        part = stet::rows(tensor, at, at + 1);
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
        const auto itself = stet::save(stet::model_only{.model = *checkpoint}, stet::layouts::generic{},
                                       stet::exact_path{path, stet::existing_file::replace});
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
    WIN32_FIND_DATAW found{};
    const HANDLE     parts = FindFirstFileW(wide(here + "/*.part").c_str(), &found);
    expect(parts == INVALID_HANDLE_VALUE, "no part file is left");
}

int check(const char* folder)
{
    std::array<wchar_t, 1024> full{};
    GetFullPathNameW(wide(folder).c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr);
    std::string here = stet::detail::windows::utf8(full.data());
    for (char& c : here)
        c = c == '\\' ? '/' : c;

    check_reading(here);
    check_refusals(here);
    check_ends(here);
    check_threads(here);
    check_saving_over(here);
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values)
{
    if (count == 3 && std::string_view(values[1]) == "check")
        return check(values[2]);
    std::fputs("check FOLDER\n", stderr);
    return 2;
}
