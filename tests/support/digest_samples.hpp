// SPDX-License-Identifier: MIT
// Texts of many sizes, and what Python's hashlib, zlib and blake3 say of them.
#ifndef STET_TESTS_SUPPORT_DIGEST_SAMPLES_HPP
#define STET_TESTS_SUPPORT_DIGEST_SAMPLES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace support {

struct digest_sample {
    std::size_t      size;
    std::string_view sha256;
    std::uint32_t    crc32;
    std::string_view blake3;
};

/// source: Python 3.11's hashlib and zlib, blake3 1.0.11
inline constexpr std::array<digest_sample, 31> digest_samples{{
    {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0x00000000,
     "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
    {1, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a", 0xA505DF1B,
     "48fc721fbbc172e0925fa27af1671de225ba927134802998b10a1568a188652b"},
    {3, "ce562c676ea7aba9812f54db146b0096011bf3e423edfb0a6f8fb2b02674a801", 0xA6E524BC,
     "c2343edb8fd0f4327103eb52d65fb0588b6c27d546908500b4e32a6f9c329ee8"},
    {55, "16fa57a0a3423a715d594516339f36189d6b5f93754a9714fef202616a9fabfe", 0xB8A453F4,
     "338e9a66a9ae669e7739c0fdfa347c7ea72ac115483412f5a35b440346da22b7"},
    {56, "c37b44e5f1b18554b36966f4f8e08bfbf3164c4b6c10374d12d89850892073c5", 0x6BDC9FD7,
     "d909a179cdeef4163d6f268c4e51e40bbf7a7e5cec24400d3ba15072bc5c7ce6"},
    {63, "bbba992d2c85af960fb2987a1fd05e0aa82a3db3c740dd8982a9e273b75e36a3", 0x0E22FED4,
     "90b832aa25041930350e57587007be7b437c808897ffddadcf21e236c5d93cbb"},
    {64, "66bd4633ed6f71c4ecfa4763bf7ba1c8ec7612de9aa6c0578a7b675207c71e0b", 0x7806812C,
     "c39d7e6f5b9d7bd92d41d1814f8030b629508e7c77dd84b54e54e4e7c547acc5"},
    {65, "9f7dc47107b750a1f3d35db5d9547f24ef40da5b731b9540d4f43710a154f6c9", 0x0CC177C9,
     "0bc6e22b399b318c710ae1829dd6f6cda4636ba4b001bf2a4542c52be2ea6865"},
    {119, "a3ed307b730fa77c07531300c6e4a282330011d4d4caf6bb7b63ae05950f4b66", 0x269323A9,
     "6d8293f9e8d42147e140f6d8ba8d1a81bfc26a96d6d198698d93a0b2fad532e9"},
    {120, "8e3b15d9fea7472655aa069620b7f8c2e55ee1499f763200a7515fe826e99d20", 0xE5FC475E,
     "10bd25fbd481044ee6a9e77c161bafedbbe2d15a9a39139cc1d99ef0978369e4"},
    {127, "44480fb9672845177f5368a08b69ea263275f2a5ec42e06a933370fe0d2968a4", 0xA21A25E7,
     "72d67b784d183122fabef3157ef1fd95348b5bb9f365fb83485796e278d2d133"},
    {128, "e462c130fef8c97e34f7dc3ff3ad2f8b3533ab849af21c10531552a2852387a4", 0x5C1E1A51,
     "7cc9f3bea02e4f46f6efbfa0b21b57debee41042d3d6bd2bbd4a422e880386b8"},
    {129, "aa7ea4e8bf89146aeb67ff195fd8182a0e504c9d580aa7af8d2c862e14b98405", 0x548D2343,
     "3714d80cdcde24e1e93b118a923bc938758dbd3fdb26276f8e638ef6b6a90539"},
    {1023, "59e47ed811693d5fefec78af0d79b594e99c5c1df999c5bed76eb88f285d5fe0", 0x0BE8CD4E,
     "a208c7d219f884316c6aee9aefdf8bf71f841174c0633734214f0c4b7dd42ca7"},
    {1024, "0f8d7e39396a457ad93c64f65563ff199dc4feb8e8ed7e8f4317767f64c5097e", 0xDA643A6D,
     "05bd1871b215e10ef8fe814b98deb52cd234c1c8fa56f823299a7dfb67a159f5"},
    {1025, "22a05c9fb8fd363283a3b549e06ea68cec0221aa263ba1f149fbfcfb6a165361", 0x9F6AEAEF,
     "0d2bb0678f5bbace272fe3cc3d725331c2aa9417797bcb6a311a0b13dfa86be5"},
    {2048, "bff918f27d3b7896cfbbb56784df41f6eab93ab7058427999af16f0790ce3972", 0x6CD3E0C2,
     "a6a985a897fa930cb66166a0ba512b0d8df19d9a4ca07c6a3e9d2e25a9db5557"},
    {2049, "f19fd1af29b1aeb22df8b58238a7b0c09000d3e22747866dc6799cd84e412b75", 0xC36F3731,
     "ffd0ca0a8c33d50ff1eb4171780bedc5a27340803d8fd7271a318b47a257653e"},
    {3072, "baac7696b05416043f0128edae09999eee994c87a8241815c5b774599f6103dd", 0x459CE67C,
     "144d253577317e5b696d8ee8a580605c9e25bf89c585f09dde58fc4ce283e99a"},
    {3073, "7387c95d50ddd74748b4ab0e6c59e367ee5903279376e9c76fafbfb88c883cf7", 0xC0F09A3B,
     "aba69665bc00e87182b6d0dd9bdfc9101cacfb04a66a1c6769558ba1a7cd56f1"},
    {4096, "93e262f9c9b0f15b7156958ab2c45e59000eed522c6f844371a71ead693dc815", 0xD59F4C43,
     "f6c528296c410c2c8b9a7405309cccc8ea7df7a2d7bb800d99e815c6aab4e525"},
    {8191, "58e24f68d12b5028ab71e2f823c36c4a3adbbb684ead21bc3c5a74e892d0b215", 0xDF58A7F2,
     "55c05e1d48bef5fdb68692f0caa125b5b9b6689815197e47900f330a3385607c"},
    {8192, "a452584a79370b2dde57bf3785952d66ee581353be62b87126f9db6cdc0b858d", 0x7461E04D,
     "fccd606ead0a2c1d05d7068ded36faef24c13c1b71d61e5d698614c0d584fa9d"},
    {8193, "c91c0e74277d037b1d5997cc15ea91fb5197dc4fb8eba096428fe255e2d7a87a", 0xE0AEE28E,
     "cd195f1c6d984020f1743346e809c741e89d608cd0ff993845cb19afadbcf7c3"},
    {16384, "f57194ef47bd775e695afc0c439a156d3d5ff765b9a7dc1af5abe7300dbee51d", 0x372824C6,
     "05d2739e12c840a6325a45c13f8447e0f28578b2a6954c1bd7524345d11a3c52"},
    {31744, "2d465ed929e949afe7adf9527e86b347aa4330a341c8031c001f0cbe0aa24592", 0x08BAF0DE,
     "a29cb6cf33157795f913e5dcbf0064aa62418afc0480bb73f7e3d0e0ac0a5a90"},
    {65536, "4c1970347f3cc7cc137a832c959f7685886d8fa08c98c2587d03027c5f9c4f98", 0xCDF6E20F,
     "6340f778a243c0752de5e8595be1e3c159a7074d104b2a3dd5c7b0805f110ff9"},
    {65537, "4c5568f0beb01bfc71d3fc48d4aae1e6226be92db451abbb6bc7dd9061823ca5", 0x35773468,
     "aaa80547de26bd495a30a38809ad4751ebda1c3c4ee7a753769d9a8bc66b3bae"},
    {66560, "bd11aa2d7e55937631406d5d5fad74291b7b3fbdd882fa78d3d4e7e4588fd6e7", 0xED51BF8B,
     "084d17c2c2d67c446566825977d3e69341c132aa95345553ef6037a5f28bc285"},
    {102400, "32f41e50b42b069fb88045b87c51e42ecd2bdb56f69e8e77431484d17433af36", 0x1785443A,
     "1b66f24fd92588060a37b0e9114b1270a369109b3b5139f2164a2cade4bc3d4b"},
    {200000, "2195651d2e3ee9cc239603deba45268119b810021d6982788d42bd664c9b0b33", 0x163713E4,
     "65f41e59b068f1e9273d88e11cc35fdc211bfd4a2f2f14f5df9f9bc7f295dc3a"},
}};

/// The text of a sample: byte i is 7 i + 3 (i / 256) + 1.
inline std::vector<std::byte> sample_text(std::size_t size)
{
    std::vector<std::byte> text(size);
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<std::byte>((i * 7 + (i >> 8U) * 3 + 1) & 0xFFU);
    return text;
}

template <class Bytes>
std::string hexadecimal(const Bytes& of)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string                text;
    for (const std::byte byte : of) {
        text += digits[std::to_integer<std::size_t>(byte >> 4U)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{0xF})];
    }
    return text;
}

} // namespace support

#endif
