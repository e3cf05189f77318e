// SPDX-License-Identifier: MIT
// A window's loop that goes on while it saves: the title shows how far the save is, Esc cancels it, and so does closing. The
// weights lie where only the thread that draws may read them, so each frame hands a tensor to the save.
#include "arguments.hpp"
#include "size_in_memory.hpp"

#include <stet/stet.hpp>
#include <stet/writers/background_save.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

enum class key { none, s, escape, close };

/// Stands for a window with somebody before it, who presses keys by what the title says.
class window {
public:
    void set_title(std::string title)
    {
        if (title == title_)
            return;
        title_ = std::move(title);
        std::cout << title_ << '\n';
    }

    key pressed()
    {
        if (++frames_ == 5'000) // nobody waits for ever
            return key::close;
        if (next_ == script_.size() || !title_.starts_with(script_[next_].title))
            return key::none;
        std::cout << "    -> " << script_[next_].does << '\n';
        return script_[next_++].pressed;
    }

private:
    struct cue {
        std::string_view title;
        std::string_view does;
        key              pressed;
    };
    static constexpr std::array<cue, 5> script_{{{"ready", "S", key::s},
                                                 {"saving ####----", "Esc", key::escape},
                                                 {"cancelled, nothing is left behind", "S", key::s},
                                                 {"saved", "S", key::s},
                                                 {"saving ##------", "closes the window", key::close}}};

    std::string title_;
    std::size_t next_ = 0;
    int         frames_ = 0;
};

/// Draws, and reads weights back at the end of a frame for who asked before it began.
class renderer {
public:
    /// For any other thread: waits until a frame has read the tensor back.
    std::span<const std::byte> read_back(std::size_t tensor)
    {
        std::unique_lock<std::mutex> lock(mutex_);
        asked_ = tensor;
        is_read_.wait(lock, [this] { return !asked_; });
        return std::as_bytes(std::span(host_));
    }

    void begin_frame()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        to_read_ = asked_;
    }

    void end_frame()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!to_read_)
            return;
        host_.fill(static_cast<float>(*to_read_));
        asked_.reset();
        is_read_.notify_one();
    }

private:
    std::mutex                 mutex_;
    std::condition_variable    is_read_;
    std::optional<std::size_t> asked_, to_read_;
    std::array<float, 16'384>  host_{};
};

struct weight {
    renderer*   device;
    std::size_t tensor;
};

/// What the window knows of saving: begins, cancels, and says how it stands.
class saver {
public:
    saver(const stet::plan& plan, const stet::numbered& where) : plan_(&plan), where_(where) {}

    bool is_busy() const { return save_.has_value(); }
    bool has_failed() const { return has_failed_; }

    void begin()
    {
        if (is_busy())
            return;
        files_before_ = count_files();
        is_cancelled_ = false;
        save_.emplace(*plan_, where_, stet::save_options{}, thread_.jobs());
    }

    void cancel()
    {
        if (!is_busy())
            return;
        is_cancelled_ = true;
        save_->cancel();
    }

    /// Looks how far a save is, and ends one that is done. Costs the frame nothing.
    std::string poll()
    {
        if (!is_busy() || save_->is_done())
            return outcome();
        if (is_cancelled_)
            return "cancelling";
        const std::uint64_t bytes = save_->bytes_total(); // none before the first byte is written
        const std::size_t   eighths =
            bytes == 0 ? 0 : example::size_in_memory(save_->bytes_done() * 8 / (bytes + 1));
        return "saving " + std::string(eighths, '#') + std::string(8 - eighths, '-');
    }

private:
    std::string outcome()
    {
        if (is_busy()) {
            const auto& saved = save_->wait();
            if (saved)
                outcome_ = "saved " + saved->path;
            else if (saved.error().code != stet::errc::cancelled) {
                outcome_ = stet::message(saved.error());
                has_failed_ = true;
                std::cerr << outcome_ << '\n';
            } else
                outcome_ = count_files() == files_before_ ? "cancelled, nothing is left behind" : "cancelled";
            save_.reset();
        }
        return outcome_;
    }

    /// Files where it saves, finished or not.
    std::size_t count_files() const
    {
        std::size_t                 count = 0;
        std::error_code             none_yet;
        const std::filesystem::path root(where_.root);
        for (const auto& entry : std::filesystem::directory_iterator(root / "checkpoints", none_yet))
            count += entry.is_regular_file(none_yet) ? 1U : 0U;
        return count;
    }

    const stet::plan*                                    plan_;
    stet::numbered                                       where_;
    stet::worker_threads                                 thread_{1}; // or the engine's job system
    std::optional<stet::background_save<stet::numbered>> save_;
    bool                                                 is_cancelled_ = false;
    bool                                                 has_failed_ = false;
    std::size_t                                          files_before_ = 0;
    std::string                                          outcome_ = "ready";
};

} // namespace

template <>
struct stet::tensor_traits<weight> {
    static result<tensor_view> view(const weight& weight) noexcept
    {
        return produced_view(dtype::f32, {128, 128}, weight, [](const ::weight& w, sink_ref to) {
            return to.write(w.device->read_back(w.tensor));
        });
    }
};

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);

    renderer                      renderer;
    std::map<std::string, weight> model;
    for (std::size_t i = 0; i < 8; ++i)
        model["blocks." + std::to_string(i) + ".weight"] = {.device = &renderer, .tensor = i};
    const auto plan = stet::make_plan(stet::model_only{.model = model}, stet::layouts::generic{});
    if (!plan) {
        std::cerr << stet::message(plan.error()) << '\n';
        return 1;
    }

    saver  saver(*plan, {.root = arguments.output, .prefix = "checkpoints/window_loop"});
    window window;
    window.set_title(saver.poll());
    for (bool is_open = true; is_open || saver.is_busy();)
    { // a save that is cancelled still waits for its frame
        renderer.begin_frame();
        switch (window.pressed()) {
        case key::s:
            saver.begin();
            break;
        case key::close:
            is_open = false;
            [[fallthrough]];
        case key::escape:
            saver.cancel();
            break;
        case key::none:
            break;
        }
        window.set_title(saver.poll());
        std::this_thread::sleep_for(std::chrono::milliseconds(1)); // draws
        renderer.end_frame();
    }
    return saver.has_failed() ? 1 : 0;
}
