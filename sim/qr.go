package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// A QR encoder for addresses: byte mode, error correction level M, versions 1
// to 10 (ISO/IEC 18004). It is here because the picture that showqrcode
// answers must be readable by a real phone.

// qrVersion is what level M gives a version.
type qrVersion struct {
	total  int   // codewords
	ecc    int   // of these, error correction per block
	blocks int   // data is spread over so many blocks
	align  []int // centres of alignment patterns
}

var qrVersions = []qrVersion{
	{26, 10, 1, nil},
	{44, 16, 1, []int{6, 18}},
	{70, 26, 1, []int{6, 22}},
	{100, 18, 2, []int{6, 26}},
	{134, 24, 2, []int{6, 30}},
	{172, 16, 4, []int{6, 34}},
	{196, 18, 4, []int{6, 22, 38}},
	{242, 22, 4, []int{6, 24, 42}},
	{292, 22, 5, []int{6, 26, 46}},
	{346, 26, 5, []int{6, 28, 50}},
}

// qrCodeImage is a code while it is drawn.
type qrCodeImage struct {
	size  int
	dark  [][]bool
	fixed [][]bool // belongs to a pattern, not to data
}

// qrPNG draws text as a PNG with a quiet zone of four modules, scale pixels each.
// It refuses more than 213 bytes.
func qrPNG(text string, scale int) ([]byte, error) {
	n := 0
	for n < len(qrVersions) && len(text) > qrCapacity(n+1) {
		n++
	}
	if n == len(qrVersions) {
		return nil, fmt.Errorf("%w: %d bytes do not fit into a code", ErrRefused, len(text))
	}
	q := newQR(n + 1)
	q.fill(qrCodewords(text, n+1))
	q.mask(q.bestMask())
	const quiet = 4
	side := (q.size + 2*quiet) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			row, col := y/scale-quiet, x/scale-quiet
			if row >= 0 && row < q.size && col >= 0 && col < q.size && q.dark[row][col] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encoding picture: %w", err)
	}
	return b.Bytes(), nil
}

func qrCapacity(version int) int {
	v := qrVersions[version-1]
	return v.total - v.ecc*v.blocks - qrHead(version)
}

// qrHead is the bytes that mode and length take.
func qrHead(version int) int {
	if version >= 10 {
		return 3
	}
	return 2
}

// qrCodewords is data and error correction in the order of drawing.
func qrCodewords(text string, version int) []byte {
	v := qrVersions[version-1]
	data := qrData(text, version)
	short := len(data) / v.blocks
	long := len(data) % v.blocks // blocks with one codeword more, at the end
	var blocks, checks [][]byte
	for i, at := 0, 0; i < v.blocks; i++ {
		n := short
		if i >= v.blocks-long {
			n++
		}
		blocks = append(blocks, data[at:at+n])
		checks = append(checks, reedSolomon(data[at:at+n], v.ecc))
		at += n
	}
	var out []byte
	for i := range short + 1 {
		for _, b := range blocks {
			if i < len(b) {
				out = append(out, b[i])
			}
		}
	}
	for i := range v.ecc {
		for _, c := range checks {
			out = append(out, c[i])
		}
	}
	return out
}

// qrData is mode, length, text, end and padding.
func qrData(text string, version int) []byte {
	v := qrVersions[version-1]
	var bits []byte
	put := func(value, n int) {
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, byte(value>>i&1))
		}
	}
	put(4, 4)
	put(len(text), 8*qrHead(version)-8)
	for i := range len(text) {
		put(int(text[i]), 8)
	}
	put(0, 4)
	out := make([]byte, 0, v.total)
	for i := 0; i+8 <= len(bits); i += 8 {
		b := byte(0)
		for _, bit := range bits[i : i+8] {
			b = b<<1 | bit
		}
		out = append(out, b)
	}
	for pad := byte(0xec); len(out) < v.total-v.ecc*v.blocks; pad ^= 0xec ^ 0x11 {
		out = append(out, pad)
	}
	return out
}

// reedSolomon is the remainder of data in GF(256) modulo x^8+x^4+x^3+x^2+1.
func reedSolomon(data []byte, n int) []byte {
	generator := make([]byte, n)
	generator[n-1] = 1
	root := byte(1)
	for range n {
		for j := range n {
			generator[j] = gfMultiply(generator[j], root)
			if j+1 < n {
				generator[j] ^= generator[j+1]
			}
		}
		root = gfMultiply(root, 2)
	}
	rest := make([]byte, n)
	for _, b := range data {
		factor := b ^ rest[0]
		copy(rest, rest[1:])
		rest[n-1] = 0
		for i := range rest {
			rest[i] ^= gfMultiply(generator[i], factor)
		}
	}
	return rest
}

func gfMultiply(a, b byte) byte {
	product := 0
	for i := 7; i >= 0; i-- {
		product = product<<1 ^ product>>7*0x11d
		product ^= int(b>>i&1) * int(a)
	}
	return byte(product)
}
