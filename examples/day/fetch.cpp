// SPDX-License-Identifier: MIT
// Fetches some tensors of a checkpoint on a web server by ranged requests, and saves them as a file of their own.
#include "../report.hpp"
#include "../size_in_memory.hpp"

#include <stet/read.hpp>
#include <stet/read_plan.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

/// The number that follows the mark, which is looked for from there on.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view mark, std::size_t from = 0)
{
    const std::size_t found = from == std::string_view::npos ? from : text.find(mark, from);
    std::uint64_t     number = 0;
    if (found == std::string_view::npos)
        return std::nullopt;
    const auto read = std::from_chars(text.data() + found + mark.size(), text.data() + text.size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// A file on a server of this machine, by HTTP/1.0: a connection for each request.
class web_file {
public:
    web_file(std::uint16_t port, std::string path) : port_(port), path_(std::move(path)) {}

    /// Asks for the first byte, whose answer tells the size of all. Returns 0, or the server's status.
    int open()
    {
        std::byte first{};
        return fetch(0, {&first, 1});
    }

    std::uint64_t size() const { return size_; }
    int           requests() const { return requests_; }

    /// Fills the buffer from that place of the file on. Returns 0, the server's status, or -1 where none came.
    int fetch(std::uint64_t offset, std::span<std::byte> buffer)
    {
        ++requests_;
        const int connection = connect_to_port();
        const int outcome = connection < 0 ? -1 : ask(connection, offset, buffer);
        if (connection >= 0)
            ::close(connection);
        return outcome;
    }

private:
    int connect_to_port() const
    {
        const int   connection = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in server{};
        server.sin_family = AF_INET;
        server.sin_port = htons(port_);
        server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connection < 0 ||
            ::connect(connection, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0)
            return connection;
        ::close(connection);
        return -1;
    }

    int ask(int connection, std::uint64_t offset, std::span<std::byte> buffer)
    {
        const std::string text = "GET " + path_ + " HTTP/1.0\r\nRange: bytes=" + std::to_string(offset) +
                                 '-' + std::to_string(offset + buffer.size() - 1) + "\r\n\r\n";
        if (::send(connection, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return -1;
        std::string head;
        for (char one = 0; !head.ends_with("\r\n\r\n") && head.size() < 8192; head += one) {
            if (::recv(connection, &one, 1, 0) != 1)
                return -1;
        }
        const int  status = static_cast<int>(number_after(head, "HTTP/1.0 ").value_or(0));
        const auto size = number_after(head, "/", head.find("Content-Range: bytes "));
        if (status != 206 || !size)
            return status == 0 ? -1 : status;
        size_ = *size;
        for (std::size_t done = 0; done != buffer.size();) {
            const ssize_t came = ::recv(connection, buffer.data() + done, buffer.size() - done, 0);
            if (came <= 0)
                return -1;
            done += static_cast<std::size_t>(came);
        }
        return 0;
    }

    std::uint16_t port_;
    std::string   path_;
    std::uint64_t size_ = 0;
    int           requests_ = 0;
};

/// Reads the tensors of these names from the source and saves them.
stet::result<stet::saved_checkpoint> save_some(stet::source_ref source, std::span<char*> names,
                                               const char* to)
{
    const auto file = stet::open_checkpoint(source);
    if (!file)
        return file.error();
    std::map<std::string_view, stet::result<stet::tensor_view>> dict;
    std::vector<stet::read_plans::wanted>                       all;
    std::vector<std::vector<std::byte>>                         memory;
    for (const std::string_view name : names) {
        const auto tensor = file->header().find(name);
        if (!tensor)
            return (*file)[name].error();
        all.push_back(stet::read_plans::whole(file->header(), *tensor));
        all.back().to = memory.emplace_back(example::size_in_memory(tensor->size()));
        dict.emplace(name, stet::view_of(tensor->type, tensor->shape, memory.back()));
    }
    const auto plan = stet::read_plans::make_read_plan(all, source.size());
    if (!plan)
        return plan.error();
    std::cout << all.size() << " tensors, " << plan->wanted_bytes() << " bytes, by "
              << plan->requests().size() << " requests\n";
    if (const auto done = stet::read_plans::read(*plan, all, source); !done)
        return done.error();
    return stet::save(dict, std::string_view(to));
}

} // namespace

int main(int count, char** values)
{
    const auto port = number_after(count < 5 ? "" : values[1], "");
    if (!port || *port > UINT16_MAX) {
        std::cerr << "usage: fetch PORT PATH FILE TENSOR...\n";
        return 2;
    }
    web_file remote(static_cast<std::uint16_t>(*port), values[2]);
    if (const int status = remote.open(); status != 0) {
        std::cerr << values[2] << ": the server says " << status << '\n';
        return 1;
    }
    stet::callback_source source(
        [](void* context, std::uint64_t offset, void* buffer, std::size_t size) {
            return static_cast<web_file*>(context)->fetch(offset, {static_cast<std::byte*>(buffer), size});
        },
        &remote, remote.size());
    const auto saved = save_some(source, std::span(values, values + count).subspan(4), values[3]);
    if (!saved)
        return example::fail(saved.error());
    example::print_file(*saved);
    std::cout << "    " << remote.requests() << " requests of " << remote.size() << " bytes\n";
}
