// SPDX-License-Identifier: MIT
// Loads a small network anew while a game runs, whenever its file is another: a save replaces the file in one step, so that
// a frame sees the old network or the new one, whole. A file that cannot be read leaves the network that there is.
#include "arguments.hpp"
#include "report.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

namespace {

/// One neuron that steers.
class network {
public:
    float steer(const std::array<float, 3>& seen) const
    {
        return weight_[0] * seen[0] + weight_[1] * seen[1] + weight_[2] * seen[2];
    }

    std::string_view revision() const { return revision_; }

    /// Takes what the file holds if it is another revision, and tells whether it was. All of it or nothing: numbers go
    /// to a second place first. The file is not mapped: whoever cuts it short meanwhile makes an error and no more.
    stet::result<bool> reload(const std::string& path)
    {
        const auto file = stet::file_checkpoint::open(path.c_str());
        if (!file)
            return file.error();
        const auto revision = file->header().metadata("revision");
        if (!revision || *revision == revision_)
            return false;
        std::array<float, 3> weight{};
        if (const auto read = (*file)["steering.weight"].to<float>(weight); !read)
            return read.error();
        weight_ = weight;
        revision_ = *revision;
        return true;
    }

private:
    std::array<float, 3> weight_{};
    std::string          revision_;
};

/// What a tool beside the game does. Without durability: the next revision comes in a minute.
template <class Place>
stet::result<stet::saved_checkpoint> save(float factor, std::string_view revision, const Place& where)
{
    const std::array<float, 3>                                   weight{factor, 2 * factor, 3 * factor};
    const std::map<std::string, stet::result<stet::tensor_view>> dict{
        {"steering.weight", stet::view_of(weight, {3})}};
    return stet::save(dict, where,
                      {.metadata = {{"revision", revision}}, .durability = stet::durability::none});
}

} // namespace

int main(int count, char** values)
{
    const auto arguments = example::parse(count, values);
    const auto first =
        save(1, "1", stet::numbered{.root = arguments.output, .prefix = "checkpoints/hot_reload"});
    if (!first) {
        std::cerr << stet::message(first.error()) << '\n';
        return 1;
    }
    const stet::exact_path in_place{.path = first->path, .existing = stet::existing_file::replace};
    example::print_file(*first);

    network steering;
    for (int frame = 0; frame < 5; ++frame) {
        if (frame == 2 && !save(10, "2", in_place))
            return 1;
        if (frame == 3) // somebody copies a text over it
            std::ofstream(first->path) << "steering = 100\n";
        if (frame == 4 && !save(1000, "3", in_place))
            return 1;

        const auto reloaded = steering.reload(first->path);
        std::cout << "frame " << frame << ": " << steering.steer({1, 1, 1}) << ", revision "
                  << steering.revision();
        if (!reloaded)
            std::cout << " stays; the file cannot be read";
        else if (*reloaded)
            std::cout << " loaded";
        std::cout << '\n';
    }
}
