// SPDX-License-Identifier: MIT
// What the checks on Windows share: facts that are counted, and the disk as the system itself shows it.
#ifndef PLATFORMS_WINDOWS_CHECKS_HPP
#define PLATFORMS_WINDOWS_CHECKS_HPP

#include <stet/vocabulary/message.hpp>
#include <stet/vocabulary/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <windows.h>

namespace windows_checks {

// ---- facts ------------------------------------------------------------------------------------------------

inline int passed = 0;
inline int failed = 0;

inline void expect(bool fact, std::string_view text)
{
    ++(fact ? passed : failed);
    if (!fact)
        std::printf("FAILED: %.*s\n", static_cast<int>(text.size()), text.data());
}

template <class Value>
void expect_error(const stet::result<Value>& outcome, stet::errc code, std::string_view text)
{
    const bool is_right = !outcome && outcome.error().code == code;
    expect(is_right, text);
    if (!is_right)
        std::printf("        %s\n", outcome ? "it succeeded" : stet::message(outcome.error()).c_str());
}

/// subject: what the error's own ends with
template <class Value>
void expect_error(const stet::result<Value>& outcome, stet::errc code, std::string_view subject,
                  std::string_view text)
{
    expect_error(outcome, code, text);
    if (!outcome && outcome.error().code == code)
        expect(outcome.error().subject().ends_with(subject), "the error is about the file");
}

template <class Value>
bool expect_success(const stet::result<Value>& outcome, std::string_view text)
{
    const bool succeeded(outcome);
    expect(succeeded, text);
    if (!succeeded)
        std::printf("        %s\n", stet::message(outcome.error()).c_str());
    return succeeded;
}

/// What was counted, as an exit status.
inline int report()
{
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

// ---- the disk, seen through the system itself -------------------------------------------------------------

inline std::wstring wide(const std::string& text)
{
    std::wstring units(text.size() + 1, L'\0');
    const int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), units.data(),
                                         static_cast<int>(units.size()));
    units.resize(static_cast<std::size_t>(size));
    return units;
}

inline std::string narrow(const wchar_t* units)
{
    std::array<char, 1024> text{};
    WideCharToMultiByte(CP_UTF8, 0, units, -1, text.data(), static_cast<int>(text.size()), nullptr, nullptr);
    return text.data();
}

/// With slashes.
inline std::string full_path(const char* path)
{
    std::array<wchar_t, 1024> full{};
    GetFullPathNameW(wide(path).c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr);
    std::string text = narrow(full.data());
    std::replace(text.begin(), text.end(), '\\', '/');
    return text;
}

/// A full path in the form without limit.
inline std::wstring raw(std::string path)
{
    std::replace(path.begin(), path.end(), '/', '\\');
    return L"\\\\?\\" + wide(path);
}

class handle {
public:
    explicit handle(HANDLE value) : value_(value) {}
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;
    ~handle()
    {
        if (is_open())
            CloseHandle(value_);
    }

    bool   is_open() const { return value_ != nullptr && value_ != INVALID_HANDLE_VALUE; }
    HANDLE value() const { return value_; }

private:
    HANDLE value_;
};

inline HANDLE opened(const std::string& path, DWORD access, DWORD shared, DWORD disposition)
{
    return CreateFileW(raw(path).c_str(), access, shared, nullptr, disposition, FILE_ATTRIBUTE_NORMAL,
                       nullptr);
}

inline std::optional<std::string> content(const std::string& path)
{
    const handle file(
        opened(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING));
    if (!file.is_open())
        return std::nullopt;
    std::string            text;
    std::array<char, 4096> block;
    DWORD                  size = 0;
    while (ReadFile(file.value(), block.data(), static_cast<DWORD>(block.size()), &size, nullptr) != 0 &&
           size != 0)
        text.append(block.data(), size);
    return text;
}

inline void put(const std::string& path, const std::string& text)
{
    const handle file(opened(path, GENERIC_WRITE, 0, CREATE_ALWAYS));
    DWORD        size = 0;
    WriteFile(file.value(), text.data(), static_cast<DWORD>(text.size()), &size, nullptr);
}

using names = std::vector<std::string>;

inline names entries(const std::string& path)
{
    names            found;
    WIN32_FIND_DATAW entry{};
    HANDLE           search = FindFirstFileW(raw(path + "/*").c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE)
        return {"no such folder"};
    do {
        const std::string name = narrow(entry.cFileName);
        if (name != "." && name != "..")
            found.push_back(name);
    } while (FindNextFileW(search, &entry) != 0);
    FindClose(search);
    std::sort(found.begin(), found.end());
    return found;
}

inline bool has_part_file(const names& found)
{
    return std::any_of(found.begin(), found.end(),
                       [](const std::string& name) { return name.ends_with(".part"); });
}

} // namespace windows_checks

#endif
