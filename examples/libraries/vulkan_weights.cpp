// SPDX-License-Identifier: MIT
// The weights of a small network in Vulkan's buffers: read back in pieces through a staging buffer and saved in the
// background while frames go on, then loaded into buffers again, and compared. Any driver will do, Mesa's software too.
#include <stet/read.hpp>
#include <stet/stet.hpp>
#include <stet/writers/background_save.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>
#include <vulkan/vulkan.h>

namespace gpu {

/// What must not fail, for without it there is nothing to show.
static void require(VkResult result, const char* what)
{
    if (result == VK_SUCCESS)
        return;
    std::fprintf(stderr, "%s: Vulkan says %d\n", what, static_cast<int>(result));
    std::exit(1);
}

/// A structure of Vulkan's, all zero but for its type.
template <class Structure>
static Structure made(VkStructureType type)
{
    Structure structure{};
    structure.sType = type;
    return structure;
}

/// The first device there is, and a queue that several threads may submit to.
class device {
public:
    device()
    {
        auto application = made<VkApplicationInfo>(VK_STRUCTURE_TYPE_APPLICATION_INFO);
        application.apiVersion = VK_API_VERSION_1_0;
        auto instance = made<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
        instance.pApplicationInfo = &application;
        require(vkCreateInstance(&instance, nullptr, &instance_), "vkCreateInstance");
        std::uint32_t  count = 1;
        const VkResult found = vkEnumeratePhysicalDevices(instance_, &count, &physical_);
        require(found == VK_INCOMPLETE ? VK_SUCCESS : found, "vkEnumeratePhysicalDevices");
        require(count == 1 ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED, "no device");
        vkGetPhysicalDeviceMemoryProperties(physical_, &memory_);

        constexpr float priority = 1;
        auto            queue = made<VkDeviceQueueCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
        queue.queueFamilyIndex = family_ = graphics_family();
        queue.queueCount = 1;
        queue.pQueuePriorities = &priority;
        auto logical = made<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
        logical.queueCreateInfoCount = 1;
        logical.pQueueCreateInfos = &queue;
        require(vkCreateDevice(physical_, &logical, nullptr, &device_), "vkCreateDevice");
        vkGetDeviceQueue(device_, family_, 0, &queue_);
    }
    device(const device&) = delete;
    device& operator=(const device&) = delete;
    ~device()
    {
        vkDestroyDevice(device_, nullptr);
        vkDestroyInstance(instance_, nullptr);
    }

    VkDevice      handle() const { return device_; }
    std::uint32_t family() const { return family_; }

    /// A kind of memory that the buffer may lie in.
    std::uint32_t memory_type(std::uint32_t allowed, VkMemoryPropertyFlags wanted) const
    {
        for (std::uint32_t i = 0; i < memory_.memoryTypeCount; ++i) {
            if ((allowed >> i & 1U) != 0 && (memory_.memoryTypes[i].propertyFlags & wanted) == wanted)
                return i;
        }
        require(VK_ERROR_FEATURE_NOT_PRESENT, "no such memory");
        return 0;
    }

    /// A queue takes commands of one thread at a time.
    VkResult submit(const VkCommandBuffer& commands, VkFence fence)
    {
        auto info = made<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
        info.commandBufferCount = 1;
        info.pCommandBuffers = &commands;
        const std::lock_guard<std::mutex> lock(mutex_);
        return vkQueueSubmit(queue_, 1, &info, fence);
    }

private:
    std::uint32_t graphics_family() const
    {
        std::uint32_t count = 0;
        vkGetPhysicalDeviceQueueFamilyProperties(physical_, &count, nullptr);
        std::vector<VkQueueFamilyProperties> families(count);
        vkGetPhysicalDeviceQueueFamilyProperties(physical_, &count, families.data());
        const auto found = std::find_if(families.begin(), families.end(), [](const auto& family) {
            return (family.queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0; // which may copy, too
        });
        require(found != families.end() ? VK_SUCCESS : VK_ERROR_FEATURE_NOT_PRESENT, "no graphics queue");
        return static_cast<std::uint32_t>(found - families.begin());
    }

    std::mutex                       mutex_;
    VkInstance                       instance_{};
    VkPhysicalDevice                 physical_{};
    VkPhysicalDeviceMemoryProperties memory_{};
    std::uint32_t                    family_ = 0;
    VkDevice                         device_{};
    VkQueue                          queue_{};
};

/// A buffer with memory of its own.
class buffer {
public:
    buffer(const device& owner, VkDeviceSize size, VkMemoryPropertyFlags memory) : owner_(&owner), size_(size)
    {
        auto info = made<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
        info.size = size;
        info.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                     VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
        require(vkCreateBuffer(owner.handle(), &info, nullptr, &buffer_), "vkCreateBuffer");
        VkMemoryRequirements needs{};
        vkGetBufferMemoryRequirements(owner.handle(), buffer_, &needs);
        auto allocation = made<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
        allocation.allocationSize = needs.size;
        allocation.memoryTypeIndex = owner.memory_type(needs.memoryTypeBits, memory);
        require(vkAllocateMemory(owner.handle(), &allocation, nullptr, &memory_), "vkAllocateMemory");
        require(vkBindBufferMemory(owner.handle(), buffer_, memory_, 0), "vkBindBufferMemory");
    }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer()
    {
        vkDestroyBuffer(owner_->handle(), buffer_, nullptr);
        vkFreeMemory(owner_->handle(), memory_, nullptr);
    }

    VkBuffer     handle() const { return buffer_; }
    VkDeviceSize size() const { return size_; }

    /// Memory that the host sees, as long as the buffer is there.
    std::span<std::byte> map() const
    {
        void* mapped = nullptr;
        require(vkMapMemory(owner_->handle(), memory_, 0, size_, 0, &mapped), "vkMapMemory");
        return {static_cast<std::byte*>(mapped), static_cast<std::size_t>(size_)};
    }

private:
    const device*  owner_;
    VkBuffer       buffer_{};
    VkDeviceMemory memory_{};
    VkDeviceSize   size_;
};

/// Copies through a staging buffer, whose bytes the host sees. One for each thread that copies.
class stream {
public:
    stream(device& owner, VkDeviceSize staging_size)
        : owner_(&owner),
          staging_(owner, staging_size,
                   VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT),
          host_(staging_.map())
    {
        auto pool = made<VkCommandPoolCreateInfo>(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
        pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
        pool.queueFamilyIndex = owner.family();
        require(vkCreateCommandPool(owner.handle(), &pool, nullptr, &pool_), "vkCreateCommandPool");
        auto commands = made<VkCommandBufferAllocateInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
        commands.commandPool = pool_;
        commands.commandBufferCount = 1;
        require(vkAllocateCommandBuffers(owner.handle(), &commands, &commands_), "vkAllocateCommandBuffers");
        const auto fence = made<VkFenceCreateInfo>(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
        require(vkCreateFence(owner.handle(), &fence, nullptr, &fence_), "vkCreateFence");
    }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream()
    {
        vkDestroyFence(owner_->handle(), fence_, nullptr);
        vkDestroyCommandPool(owner_->handle(), pool_, nullptr);
    }

    /// The staging buffer's bytes.
    std::span<std::byte> host() const { return host_; }

    /// Brings `size` bytes of the buffer to the beginning of host().
    VkResult read_back(const buffer& from, VkDeviceSize at, VkDeviceSize size)
    {
        return copy(from.handle(), at, staging_.handle(), 0, size);
    }

    /// Brings the first `size` bytes of host() into the buffer.
    VkResult upload(const buffer& to, VkDeviceSize at, VkDeviceSize size)
    {
        return copy(staging_.handle(), 0, to.handle(), at, size);
    }

private:
    VkResult copy(VkBuffer from, VkDeviceSize from_at, VkBuffer to, VkDeviceSize to_at, VkDeviceSize size)
    {
        auto begin = made<VkCommandBufferBeginInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
        begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
        VkResult result = vkBeginCommandBuffer(commands_, &begin);
        if (result != VK_SUCCESS)
            return result;
        barrier(VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_ACCESS_MEMORY_WRITE_BIT,
                VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
        const VkBufferCopy region{from_at, to_at, size};
        vkCmdCopyBuffer(commands_, from, to, 1, &region);
        barrier(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                VK_ACCESS_HOST_READ_BIT);
        result = vkEndCommandBuffer(commands_);
        if (result == VK_SUCCESS)
            result = owner_->submit(commands_, fence_);
        if (result == VK_SUCCESS)
            result = vkWaitForFences(owner_->handle(), 1, &fence_, VK_TRUE, UINT64_MAX);
        if (result == VK_SUCCESS)
            result = vkResetFences(owner_->handle(), 1, &fence_);
        return result;
    }

    void barrier(VkPipelineStageFlags after, VkAccessFlags written, VkPipelineStageFlags before,
                 VkAccessFlags seen)
    {
        auto memory = made<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
        memory.srcAccessMask = written;
        memory.dstAccessMask = seen;
        vkCmdPipelineBarrier(commands_, after, before, 0, 1, &memory, 0, nullptr, 0, nullptr);
    }

    device*              owner_;
    buffer               staging_;
    std::span<std::byte> host_;
    VkCommandPool        pool_{};
    VkCommandBuffer      commands_{};
    VkFence              fence_{};
};

/// A tensor of half floats in a buffer, and what it is copied through.
struct weight {
    const buffer*              data;
    stream*                    through;
    std::vector<std::uint64_t> shape;
};

/// What Vulkan answered, as an error of ours.
static stet::result<void> checked(VkResult result)
{
    if (result == VK_SUCCESS)
        return {};
    return stet::error{.code = stet::errc::io_failure, .os_code = static_cast<int>(result)};
}

/// Writes a weight's bytes piece by piece. An error ends the save, which leaves no file then.
static stet::result<void> pour(const weight& weight, stet::sink_ref destination)
{
    const auto host = weight.through->host();
    for (VkDeviceSize at = 0; at != weight.data->size();) {
        const auto size = std::min<VkDeviceSize>(host.size(), weight.data->size() - at);
        if (auto read = checked(weight.through->read_back(*weight.data, at, size)); !read)
            return read;
        if (auto written = destination.write(host.first(static_cast<std::size_t>(size))); !written)
            return written;
        at += size;
    }
    return {};
}

/// Fills a weight's buffer from a file, piece by piece: no tensor is whole in the host's memory.
static stet::result<void> load(const stet::tensor_view& tensor, const weight& weight)
{
    const auto          host = weight.through->host();
    stet::tensor_reader reader(tensor);
    for (VkDeviceSize at = 0; reader.left() != 0;) {
        const auto piece =
            reader.next(static_cast<std::size_t>(std::min<std::uint64_t>(host.size(), reader.left())));
        if (!piece)
            return piece.error();
        std::copy(piece->begin(), piece->end(), host.begin());
        if (auto uploaded = checked(weight.through->upload(*weight.data, at, piece->size())); !uploaded)
            return uploaded;
        at += piece->size();
    }
    return {};
}

} // namespace gpu

template <>
struct stet::tensor_traits<gpu::weight> {
    static result<tensor_view> view(const gpu::weight& weight) noexcept
    {
        return produced_view(dtype::f16, weight.shape, weight,
                             [](const gpu::weight& w, sink_ref to) { return gpu::pour(w, to); });
    }
};

namespace {

using network = std::map<std::string, gpu::weight>;

/// Buffers for the network, each as large as its tensor.
network allocate(const gpu::device& device, gpu::stream& through, std::deque<gpu::buffer>& buffers)
{
    const std::map<std::string, std::vector<std::uint64_t>> shapes{{"layers.0.weight", {1'024, 300}},
                                                                   {"layers.0.bias", {1'024}},
                                                                   {"layers.1.weight", {30, 1'024}},
                                                                   {"layers.1.bias", {30}}};
    network                                                 result;
    for (const auto& [name, shape] : shapes) {
        VkDeviceSize size = 2;
        for (const std::uint64_t dimension : shape)
            size *= dimension;
        const auto& data = buffers.emplace_back(device, size, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
        result[name] = {.data = &data, .through = &through, .shape = shape};
    }
    return result;
}

/// Stands for a training: gives the weights values.
void fill(const network& model)
{
    std::uint32_t state = 1;
    for (const auto& [name, weight] : model) {
        const auto host = weight.through->host();
        for (VkDeviceSize at = 0; at != weight.data->size();) {
            const auto size = std::min<VkDeviceSize>(host.size(), weight.data->size() - at);
            for (std::byte& one : host)
                one = static_cast<std::byte>((state = state * 1664525U + 1013904223U) >> 24U);
            gpu::require(weight.through->upload(*weight.data, at, size), "upload");
            at += size;
        }
    }
}

/// All bytes of a weight, to compare.
std::vector<std::byte> bytes_of(const gpu::weight& weight)
{
    std::vector<std::byte> bytes;
    stet::append_sink      into(bytes);
    if (const auto read = gpu::pour(weight, into); !read)
        bytes.clear();
    return bytes;
}

int failed(const stet::error& why)
{
    std::fprintf(stderr, "%s\n", stet::message(why).c_str());
    return 1;
}

} // namespace

int main()
{
    constexpr VkDeviceSize  piece = 65'536;
    gpu::device             device;
    gpu::stream             drawing(device, piece);
    gpu::stream             saving_thread(device, piece);
    std::deque<gpu::buffer> buffers;
    const network           trained = allocate(device, saving_thread, buffers);
    fill(trained);

    // Frames go on meanwhile, on this thread and the same queue; they must not change the weights.
    const auto plan = stet::make_plan(stet::model_only{.model = trained}, stet::layouts::generic{});
    if (!plan)
        return failed(plan.error());
    const stet::exact_path where{.path = "vulkan_weights.safetensors",
                                 .existing = stet::existing_file::replace};
    stet::worker_threads   pool(1);
    stet::background_save  saving(*plan, where, {}, pool.jobs());
    const gpu::buffer      picture(device, piece, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    int                    frames = 0;
    do {
        gpu::require(drawing.upload(picture, 0, piece), "a frame");
        ++frames;
    } while (!saving.is_done());
    const auto& saved = saving.wait();
    if (!saved)
        return failed(saved.error());
    std::printf("%s: %llu bytes\n%d frames meanwhile\n", saved->path.c_str(),
                static_cast<unsigned long long>(saved->bytes), frames);

    const auto file = stet::file_checkpoint::open(saved->path.c_str());
    if (!file)
        return failed(file.error());
    const network loaded = allocate(device, drawing, buffers);
    for (const auto& [name, weight] : loaded) {
        const auto stored = (*file)["model.diffusion_model." + name];
        if (!stored)
            return failed(stored.error());
        if (const auto uploaded = gpu::load(*stored, weight); !uploaded)
            return failed(uploaded.error());
        const auto bytes = bytes_of(weight);
        const bool is_same = bytes.size() == weight.data->size() && bytes == bytes_of(trained.at(name));
        std::printf("%s: %s\n", name.c_str(), is_same ? "the same bytes" : "other bytes");
    }
}
