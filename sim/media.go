package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"sync"
	"time"
)

const (
	mediaLife  = 3 * 24 * time.Hour // of temporary media
	shelfBytes = 256 << 20          // kept at most; the oldest leaves first
)

// mediaRule is what the platform takes of one kind; source: the pages on
// temporary and permanent media.
type mediaRule struct {
	bytes int
	kinds []string // content types; none: all
}

var mediaRules = map[string]mediaRule{
	"image": {10 << 20, []string{"image/png", "image/jpeg", "image/gif", "image/bmp"}},
	"voice": {2 << 20, []string{"audio/amr", "audio/mpeg"}},
	"video": {10 << 20, []string{"video/mp4"}},
	"thumb": {64 << 10, []string{"image/jpeg"}},
	"file":  {20 << 20, nil}, // WeCom only
}

// article is one of a draft's or a published message's.
type article struct {
	Title, Digest, Picture, URL string
}

// mediaItem is something on the shelf; it never changes.
type mediaItem struct {
	kind     string // image, voice, video, thumb or news
	mime     string
	name     string
	bytes    []byte
	articles []article
	until    time.Time // zero: permanent
	title    string    // of a permanent video
	about    string
}

// mediaShelf keeps media in memory only: it is lost with the process, as
// temporary media is lost on the platform after three days.
type mediaShelf struct {
	mu    sync.Mutex
	order []string
	items map[string]*mediaItem
	size  int
}

func (s *mediaShelf) put(item *mediaItem) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items == nil {
		s.items = map[string]*mediaItem{}
	}
	s.size += len(item.bytes)
	for s.size > shelfBytes && len(s.order) > 0 {
		if old := s.items[s.order[0]]; old != nil {
			s.size -= len(old.bytes)
			delete(s.items, s.order[0])
		}
		s.order = s.order[1:]
	}
	id := token(64)
	s.items[id] = item
	s.order = append(s.order, id)
	return id
}

// get finds what has not expired.
func (s *mediaShelf) get(id string, now time.Time) (*mediaItem, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item := s.items[id]
	if item == nil || !item.until.IsZero() && !now.Before(item.until) {
		return nil, false
	}
	return item, true
}

// drop removes a permanent item.
func (s *mediaShelf) drop(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	item := s.items[id]
	if item == nil || !item.until.IsZero() {
		return false
	}
	s.size -= len(item.bytes)
	delete(s.items, id)
	return true
}

// address is where the phone page finds an item of a kind.
func (s *mediaShelf) address(id, kind string, now time.Time) (string, bool) {
	item, ok := s.get(id, now)
	return "/sim/media/" + id, ok && item.kind == kind
}

// mimeOf knows the platform's kinds, two of which net/http does not.
func mimeOf(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("#!AMR")):
		return "audio/amr"
	case bytes.HasPrefix(raw, []byte("ID3")), len(raw) > 1 && raw[0] == 0xff && raw[1]&0xe0 == 0xe0 && raw[1] != 0xff && raw[1] != 0xd8:
		return "audio/mpeg"
	}
	return http.DetectContentType(raw)
}

// doctorMedia is what doctors send: a small picture, an empty recording, the
// head of a film. Its media id can be fetched for three days.
func (p *Platform) doctorMedia(kind string) string {
	item := &mediaItem{kind: kind, until: p.Now().Add(mediaLife)}
	switch kind {
	case "voice":
		item.mime, item.name, item.bytes = "audio/amr", "voice.amr", []byte("#!AMR\n")
	case "video":
		item.mime, item.name, item.bytes = "video/mp4", "video.mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	default:
		item.mime, item.name, item.bytes = "image/jpeg", "image.jpg", doctorPicture()
	}
	return p.media.put(item)
}

var doctorPicture = sync.OnceValue(func() []byte {
	const side = 32
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for x := range side {
		for y := range side {
			img.Set(x, y, color.RGBA{uint8(x * 8), uint8(y * 8), 160, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(fmt.Sprintf("sim: encoding a picture in memory: %v", err)) // cannot happen
	}
	return b.Bytes()
})

// serveMedia shows an item to the phone page.
func (p *Platform) serveMedia(w http.ResponseWriter, r *http.Request) {
	item, ok := p.media.get(r.PathValue("id"), p.Now())
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", item.mime)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Write(item.bytes) // a page that left is its own affair
}
