package sim

import (
	"io"
	"net/http"
	"sync"
)

const (
	maxPicture = 10 << 20 // bytes; source: the page on temporary media
	shelfSize  = 32       // pictures kept; the oldest leaves first
)

// mediaShelf keeps uploaded pictures in memory only: temporary media is lost
// with the process, as it is lost on the platform after three days.
type mediaShelf struct {
	mu    sync.Mutex
	order []string
	items map[string]picture
}

type picture struct {
	kind  string
	bytes []byte
}

func (s *mediaShelf) put(pic picture) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items == nil {
		s.items = map[string]picture{}
	}
	if len(s.order) == shelfSize {
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
	id := token(64)
	s.items[id] = pic
	s.order = append(s.order, id)
	return id
}

func (s *mediaShelf) get(id string) (picture, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pic, ok := s.items[id]
	return pic, ok
}

// address is where the phone page finds a picture.
func (s *mediaShelf) address(id string) (string, bool) {
	_, ok := s.get(id)
	return "/sim/media/" + id, ok
}

// mediaUpload is POST media/upload?type=image with the file in the form field media.
func (p *Platform) mediaUpload(r *http.Request) (map[string]any, *apiError) {
	if r.URL.Query().Get("type") != "image" {
		return nil, &apiError{40004, "invalid media type"}
	}
	file, _, err := r.FormFile("media")
	if err != nil {
		return nil, &apiError{41005, "media data missing"}
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxPicture+1))
	if err != nil {
		return nil, &apiError{41005, "media data missing"}
	}
	if len(raw) > maxPicture {
		return nil, &apiError{45001, "media size out of limit"}
	}
	kind := http.DetectContentType(raw)
	if kind != "image/png" && kind != "image/jpeg" && kind != "image/gif" {
		return nil, &apiError{40005, "invalid file type"}
	}
	id := p.media.put(picture{kind: kind, bytes: raw})
	return map[string]any{"type": "image", "media_id": id, "created_at": p.Now().Unix()}, nil
}

// serveMedia shows an uploaded picture to the phone page.
func (p *Platform) serveMedia(w http.ResponseWriter, r *http.Request) {
	pic, ok := p.media.get(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", pic.kind)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Write(pic.bytes) // a page that left is its own affair
}
