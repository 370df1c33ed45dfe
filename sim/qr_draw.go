package sim

// newQR draws everything but data: timing, finders, alignment and format.
func newQR(version int, v qrVersion) *qrCodeImage {
	size := 17 + 4*version
	q := &qrCodeImage{size: size, dark: make([][]bool, size), fixed: make([][]bool, size)}
	for i := range size {
		q.dark[i], q.fixed[i] = make([]bool, size), make([]bool, size)
	}
	for i := range size {
		q.set(6, i, i%2 == 0)
		q.set(i, 6, i%2 == 0)
	}
	for _, c := range [][2]int{{3, 3}, {3, size - 4}, {size - 4, 3}} {
		q.square(c[0], c[1], 4, func(ring int) bool { return ring != 2 && ring != 4 })
	}
	if v.align > 0 {
		q.square(v.align, v.align, 2, func(ring int) bool { return ring != 1 })
	}
	q.format()
	return q
}

func (q *qrCodeImage) set(row, col int, dark bool) {
	q.dark[row][col], q.fixed[row][col] = dark, true
}

// square draws rings around a centre as far as they lie inside.
func (q *qrCodeImage) square(row, col, reach int, dark func(ring int) bool) {
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			if y, x := row+dy, col+dx; y >= 0 && y < q.size && x >= 0 && x < q.size {
				q.set(y, x, dark(max(dy, -dy, dx, -dx)))
			}
		}
	}
}

// format writes level M and the first mask, twice. Both are zero bits, and so
// is their error correction: what remains is the standard's own pattern.
func (q *qrCodeImage) format() {
	const bits = 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		q.set(i, 8, bit(i))
	}
	q.set(7, 8, bit(6))
	q.set(8, 8, bit(7))
	q.set(8, 7, bit(8))
	for i := 9; i < 15; i++ {
		q.set(8, 14-i, bit(i))
	}
	for i := range 8 {
		q.set(8, q.size-1-i, bit(i))
	}
	for i := 8; i < 15; i++ {
		q.set(q.size-15+i, 8, bit(i))
	}
	q.set(q.size-8, 8, true)
}

// fill lays the codewords in zigzag columns from the lower right corner; the
// mask inverts every other module of them.
func (q *qrCodeImage) fill(data []byte) {
	i := 0
	for right := q.size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for step := range q.size {
			row := step
			if (right+1)&2 == 0 {
				row = q.size - 1 - step
			}
			for _, col := range []int{right, right - 1} {
				if q.fixed[row][col] {
					continue
				}
				dark := i < len(data)*8 && data[i/8]>>(7-i%8)&1 == 1
				q.dark[row][col] = dark != ((row+col)%2 == 0)
				i++
			}
		}
	}
}
