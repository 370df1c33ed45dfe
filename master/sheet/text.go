package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// wide is an encoding with two bytes a character, as "Unicode text" of spreadsheet programs.
type wide int

const (
	narrow wide = iota
	littleEnd
	bigEnd
)

// openText finds out how a CSV file is written.
func (f *File) openText() error {
	in, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("opening spreadsheet: %w", err)
	}
	defer in.Close()
	seen, err := sniff(in)
	if err != nil {
		return fmt.Errorf("reading spreadsheet: %w", err)
	}
	f.Lines, f.wide = seen.lines, seen.wide
	switch {
	case seen.wide != narrow:
		f.Encoding = "utf-16"
	case seen.utf8:
		f.Encoding = "utf-8"
	default:
		f.Encoding = "gb18030"
	}
	f.comma, err = f.separator()
	return err
}

// sniffed is what the bytes of a text say.
type sniffed struct {
	lines int
	utf8  bool
	wide  wide
}

// sniff reads a whole text once.
func sniff(in io.Reader) (sniffed, error) {
	s := sniffed{utf8: true}
	buf := make([]byte, 256<<10)
	rest, at, zeros := 0, 0, [2]int{}
	for {
		n, err := in.Read(buf[rest:])
		data := buf[:rest+n]
		if at == 0 && n > 0 {
			s.wide = mark(data)
		}
		for i, c := range data[rest:] {
			switch c {
			case '\n':
				s.lines++
			case 0:
				zeros[(at+i)%2]++
			}
		}
		at += n
		if s.utf8 {
			data, s.utf8 = invalid(data, errors.Is(err, io.EOF))
		} else {
			data = nil
		}
		rest = copy(buf, data)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
	}
	if s.wide == narrow && zeros[0]+zeros[1] > at/8 { // without a mark of byte order
		s.wide = littleEnd
		if zeros[0] > zeros[1] {
			s.wide = bigEnd
		}
	}
	s.lines++
	return s, nil
}

// mark reads a mark of byte order.
func mark(data []byte) wide {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return littleEnd
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return bigEnd
	}
	return narrow
}

// invalid checks bytes for UTF-8; what is left over is the beginning of a character whose end was not read yet.
func invalid(data []byte, last bool) (rest []byte, ok bool) {
	for i := len(data) - 1; i >= 0 && i > len(data)-utf8.UTFMax && !last; i-- {
		if utf8.RuneStart(data[i]) {
			if !utf8.FullRune(data[i:]) {
				data, rest = data[:i], data[i:]
			}
			break
		}
	}
	return rest, utf8.Valid(data)
}

// decoded reads the text as UTF-8.
func (f *File) decoded(in io.Reader) io.Reader {
	switch {
	case f.wide == littleEnd:
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case f.wide == bigEnd:
		return transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case f.Encoding == "gb18030":
		return transform.NewReader(in, simplifiedchinese.GB18030.NewDecoder())
	}
	buf := bufio.NewReaderSize(in, 64<<10)
	if start, err := buf.Peek(3); err == nil && bytes.Equal(start, []byte("\xef\xbb\xbf")) {
		if _, err := buf.Discard(3); err != nil {
			return in
		}
	}
	return buf
}

// separator is what stands most often in the first line that holds anything: comma, tab or semicolon.
func (f *File) separator() (rune, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return 0, fmt.Errorf("opening spreadsheet: %w", err)
	}
	defer in.Close()
	lines := bufio.NewScanner(f.decoded(in))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		best := ','
		for _, c := range []rune{'\t', ';'} {
			if bytes.Count(line, []byte(string(c))) > bytes.Count(line, []byte(string(best))) {
				best = c
			}
		}
		return best, nil
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return 0, &Fault{Code: "damaged", Line: 1}
	}
	return ',', nil
}

func (f *File) textRows(do func(Row) error) error {
	in, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("opening spreadsheet: %w", err)
	}
	defer in.Close()
	r := csv.NewReader(f.decoded(in))
	r.Comma, r.FieldsPerRecord = f.comma, -1
	for n := 0; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		wrong := (*csv.ParseError)(nil)
		if errors.As(err, &wrong) {
			return &Fault{Code: "quote", Line: wrong.StartLine}
		}
		if err != nil {
			return fmt.Errorf("reading spreadsheet: %w", err)
		}
		if n > MaxRows {
			return &Fault{Code: "too_many"}
		}
		line, _ := r.FieldPos(0)
		if blank(cells) {
			continue
		}
		if err := do(Row{Line: line, Cells: cells}); err != nil {
			return err
		}
	}
}
