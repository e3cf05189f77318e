// SPDX-License-Identifier: MIT
// Sends a checkpoint through a socket while it is written, and takes it in at the other end while it comes: neither side has
// a file, nor more of one in memory than a piece. For POSIX systems.
#include "report.hpp"
#include "size_in_memory.hpp"

#include <stet/hashes/digests.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <future>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

namespace {

/// One end of a connection. As a sink it sends.
class connection {
public:
    explicit connection(int socket) : socket_(socket) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { ::close(socket_); }

    /// Sends all of it, or says why not.
    stet::result<void> write(stet::bytes data)
    {
        while (!data.empty()) {
            const ssize_t sent = ::send(socket_, data.data(), data.size(), 0);
            if (sent == -1 && errno == EINTR)
                continue;
            if (sent == -1)
                return stet::error{
                    .code = stet::errc::sink_refused, .os_code = errno, .expected = data.size()};
            data = data.subspan(static_cast<std::size_t>(sent));
        }
        return {};
    }

    /// Waits for so many bytes, `at` which place of the stream they stand.
    stet::result<void> receive(std::span<std::byte> to, std::uint64_t at)
    {
        while (!to.empty()) {
            const ssize_t got = ::recv(socket_, to.data(), to.size(), 0);
            if (got == -1 && errno == EINTR)
                continue;
            if (got <= 0) // 0: whoever sends is gone
                return stet::error{.code = stet::errc::source_refused,
                                   .os_code = got == 0 ? ECONNRESET : errno,
                                   .expected = to.size(),
                                   .actual = at};
            to = to.subspan(static_cast<std::size_t>(got));
            at += static_cast<std::uint64_t>(got);
        }
        return {};
    }

private:
    int socket_;
};

/// The header of what comes. It needs no size of the file: whatever follows the last tensor is another message.
stet::result<stet::checkpoint_header> receive_header(connection& from, std::vector<std::byte>& head)
{
    constexpr std::uint64_t unknown_size = UINT64_MAX;
    head.resize(8);
    if (const auto got = from.receive(head, 0); !got)
        return got.error();
    const auto size = stet::header_extent(head, unknown_size); // refuses more than a header may have
    if (!size)
        return size.error();
    head.resize(example::size_in_memory(*size));
    if (const auto got = from.receive(std::span(head).subspan(8), 8); !got)
        return got.error();
    return stet::read_header(head, unknown_size, {.allow_trailing_bytes = true});
}

/// Takes a checkpoint in, tensor by tensor in the order in which they come. What a program would upload is summed here.
stet::result<void> receive(connection& from)
{
    std::vector<std::byte> head; // the header borrows it
    const auto             header = receive_header(from, head);
    if (!header)
        return header.error();
    std::array<std::byte, 65'536> piece;
    for (const stet::stored_tensor tensor : *header) {
        stet::hashes::crc32 sum;
        for (std::uint64_t at = tensor.begin; at != tensor.end;) {
            const auto part = std::span(piece).first(
                example::size_in_memory(std::min<std::uint64_t>(piece.size(), tensor.end - at)));
            if (const auto got = from.receive(part, header->data_begin() + at); !got)
                return got.error();
            sum.update(part);
            at += part.size();
        }
        std::cout << "received " << tensor.name << ": " << tensor.size() << " bytes, CRC32 " << std::hex
                  << sum.value() << std::dec << '\n';
    }
    return {};
}

/// Two ends of one connection; a program has one of them from accept() or connect().
bool connect(std::array<int, 2>& ends)
{
    return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0;
}

/// Sends a dict to an end where another thread does what it is told to, and closes it then.
template <class Dict, class Receive>
stet::result<stet::written_checkpoint> send(const Dict& dict, Receive receive_it)
{
    std::array<int, 2> ends{};
    if (!connect(ends))
        return stet::error{.code = stet::errc::io_failure, .os_code = errno};
    auto there = std::async(std::launch::async, [end = ends[1], receive_it] {
        connection receiver(end);
        return receive_it(receiver);
    });
    auto sent = [&] {
        connection here(ends[0]); // closed before the other side is waited for, whatever comes of it
        return stet::save(dict, here);
    }();
    if (auto received = there.get(); sent && !received)
        return received.error();
    return sent;
}

/// Whoever sends may go away, too: what has arrived by then is no checkpoint.
stet::result<void> receive_what_is_cut_short()
{
    std::array<int, 2> ends{};
    if (!connect(ends))
        return stet::error{.code = stet::errc::io_failure, .os_code = errno};
    connection there(ends[1]);
    {
        connection                         here(ends[0]);
        constexpr std::array<std::byte, 5> beginning{};
        if (auto sent = here.write(beginning); !sent)
            return sent;
    }
    return receive(there);
}

} // namespace

int main()
{
    std::signal(SIGPIPE, SIG_IGN); // an end that is gone is an error, and not the end of the program
    std::vector<float> numbers(1'000'000);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<float>(i);
    const std::vector<float>                                     bias(1'000, 0.5F);
    const std::map<std::string, stet::result<stet::tensor_view>> dict{
        {"weight", stet::view_of(numbers, {1'000, 1'000})}, {"bias", stet::view_of(bias, {1'000})}};

    const auto sent = send(dict, receive);
    if (!sent)
        return example::fail(sent.error());
    std::cout << "sent: " << sent->bytes << " bytes\n";

    const auto refused = send(dict, [](connection& from) -> stet::result<void> {
        std::vector<std::byte> head;
        const auto             header = receive_header(from, head); // and goes away
        return header ? stet::result<void>() : header.error();
    });
    const auto cut = receive_what_is_cut_short();
    if (refused || cut)
        return 1;
    std::cout << "the receiver went away: " << stet::message(refused.error()) << '\n'
              << "the sender went away: " << stet::message(cut.error()) << '\n';
}
