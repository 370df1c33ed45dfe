package sim

// newQR draws everything but data: finders, timing, alignment, version, and
// room for the format.
func newQR(version int) *qrCodeImage {
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
	align := qrVersions[version-1].align
	for i, row := range align {
		for j, col := range align {
			last := len(align) - 1
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue
			}
			q.square(row, col, 2, func(ring int) bool { return ring != 1 })
		}
	}
	q.format(0)
	if version >= 7 {
		q.version(version)
	}
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

// format writes level M (bits 00) and the mask, twice.
func (q *qrCodeImage) format(mask int) {
	rest := mask
	for range 10 {
		rest = rest<<1 ^ rest>>9*0x537
	}
	bits := (mask<<10 | rest) ^ 0x5412
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

func (q *qrCodeImage) version(version int) {
	rest := version
	for range 12 {
		rest = rest<<1 ^ rest>>11*0x1f25
	}
	bits := version<<12 | rest
	for i := range 18 {
		dark := bits>>i&1 == 1
		a, b := q.size-11+i%3, i/3
		q.set(b, a, dark)
		q.set(a, b, dark)
	}
}

// fill lays the codewords in zigzag columns from the lower right corner.
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
				if !q.fixed[row][col] && i < len(data)*8 {
					q.dark[row][col] = data[i/8]>>(7-i%8)&1 == 1
					i++
				}
			}
		}
	}
}

// mask inverts data by one of eight patterns and writes the format; doing it
// twice restores the data.
func (q *qrCodeImage) mask(n int) {
	for y := range q.size {
		for x := range q.size {
			if !q.fixed[y][x] && qrMasked(n, y, x) {
				q.dark[y][x] = !q.dark[y][x]
			}
		}
	}
	q.format(n)
}

func qrMasked(n, y, x int) bool {
	switch n {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

func (q *qrCodeImage) bestMask() int {
	best, least := 0, 1<<30
	for n := range 8 {
		q.mask(n)
		if p := q.penalty(); p < least {
			best, least = n, p
		}
		q.mask(n)
	}
	return best
}

// penalty is the standard's measure of how hard a code is to read: runs,
// blocks, patterns like finders, and imbalance.
func (q *qrCodeImage) penalty() int {
	sum, dark := 0, 0
	for i := range q.size {
		sum += linePenalty(q.size, func(j int) bool { return q.dark[i][j] })
		sum += linePenalty(q.size, func(j int) bool { return q.dark[j][i] })
	}
	for y := range q.size {
		for x := range q.size {
			c := q.dark[y][x]
			if c {
				dark++
			}
			if y > 0 && x > 0 && c == q.dark[y-1][x] && c == q.dark[y][x-1] && c == q.dark[y-1][x-1] {
				sum += 3
			}
		}
	}
	off := dark*20 - q.size*q.size*10
	return sum + max(off, -off)/(q.size*q.size)*10
}

func linePenalty(size int, dark func(int) bool) int {
	sum, run, seen := 0, 0, 0
	for j := range size {
		if j > 0 && dark(j) == dark(j-1) {
			run++
		} else {
			run = 1
		}
		switch {
		case run == 5:
			sum += 3
		case run > 5:
			sum++
		}
		seen = seen << 1 & 0x7ff
		if dark(j) {
			seen |= 1
		}
		if j >= 10 && (seen == 0x5d || seen == 0x5d0) {
			sum += 40
		}
	}
	return sum
}
