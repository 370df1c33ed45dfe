package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// A QR encoder for addresses: byte mode, error correction level M, versions 1
// to 6, always the first mask (ISO/IEC 18004; readers take any). It is here
// because the picture that showqrcode answers must be readable by a real phone.

// qrVersion is what level M gives a version.
type qrVersion struct {
	total  int // codewords
	ecc    int // of these, error correction per block
	blocks int // data is spread over so many equal blocks
	align  int // centre of the alignment pattern; zero: none
}

var qrVersions = []qrVersion{{26, 10, 1, 0}, {44, 16, 1, 18}, {70, 26, 1, 22}, {100, 18, 2, 26}, {134, 24, 2, 30}, {172, 16, 4, 34}}

func (v qrVersion) data() int { return v.total - v.ecc*v.blocks }

// qrCodeImage is a code while it is drawn.
type qrCodeImage struct {
	size  int
	dark  [][]bool
	fixed [][]bool // belongs to a pattern, not to data
}

// qrPNG draws text as a PNG with a quiet zone of four modules, scale pixels each.
// It refuses more than 106 bytes.
func qrPNG(text string, scale int) ([]byte, error) {
	n := slices.IndexFunc(qrVersions, func(v qrVersion) bool { return len(text) <= v.data()-2 })
	if n < 0 {
		return nil, fmt.Errorf("%w: %d bytes do not fit into a code", ErrRefused, len(text))
	}
	q := newQR(n+1, qrVersions[n])
	q.fill(qrCodewords(text, qrVersions[n]))
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

// qrCodewords is data and error correction in the order of drawing.
func qrCodewords(text string, v qrVersion) []byte {
	var blocks, checks [][]byte
	for block := range slices.Chunk(qrData(text, v), v.data()/v.blocks) {
		blocks = append(blocks, block)
		checks = append(checks, reedSolomon(block, v.ecc))
	}
	var out []byte
	for i := range blocks[0] {
		for _, b := range blocks {
			out = append(out, b[i])
		}
	}
	for i := range v.ecc {
		for _, c := range checks {
			out = append(out, c[i])
		}
	}
	return out
}

// qrData is mode (4 bits), length (8 bits), text, end (4 bits) and padding.
func qrData(text string, v qrVersion) []byte {
	out := []byte{0x40 | byte(len(text)>>4)}
	last := byte(len(text))
	for i := range len(text) {
		out = append(out, last<<4|text[i]>>4)
		last = text[i]
	}
	out = append(out, last<<4)
	for pad := byte(0xec); len(out) < v.data(); pad ^= 0xec ^ 0x11 {
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
