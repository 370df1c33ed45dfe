package wechat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/material"

	"github.com/vrep/vrep/bot"
)

// MediaMemory keeps what the platform calls our pictures at present. An asset is the name of a picture with the digest of its bytes.
type MediaMemory interface {
	MediaID(ctx context.Context, asset string) (id string, endsAt int64, err error) // "" when there is none; unix ms
	KeepMediaID(ctx context.Context, asset, id string, endsAt int64) error
}

// Life of temporary media. Source: the platform's page on temporary media.
const (
	mediaLife  = 3 * 24 * time.Hour
	mediaEarly = time.Hour // before the end it is uploaded again
)

// codeMedia is the platform's word for a media id that has ended.
const codeMedia = 40007

// withMedia sends something that shows a picture. ref is an id of the account's media or, with a dot in it, the name of a picture of ours: that one is
// uploaded when the platform does not have it, or says so now.
func (s *Sender) withMedia(ctx context.Context, ref string, send func(id string) (bot.Receipt, error)) (bot.Receipt, error) {
	if !strings.Contains(ref, ".") {
		return send(ref)
	}
	var picture []byte
	ok := s.asset != nil
	if ok {
		picture, ok = s.asset(ref)
	}
	if !ok {
		return bot.Receipt{}, s.wechat.fault(bot.ClassContent, "asset")
	}
	sum := sha256.Sum256(picture)
	asset := hex.EncodeToString(sum[:8]) + ":" + ref
	id, fresh, err := s.mediaID(ctx, asset, ref, picture)
	if err != nil {
		return bot.Receipt{}, err
	}
	receipt, err := send(id)
	if refusal := (*bot.SendError)(nil); fresh || !errors.As(err, &refusal) || refusal.Code != codeMedia {
		return receipt, err
	}
	if id, err = s.upload(ctx, asset, ref, picture); err != nil {
		return bot.Receipt{}, err
	}
	return send(id)
}

// mediaID answers the id of an asset; fresh means that it was uploaded just now.
func (s *Sender) mediaID(ctx context.Context, asset, name string, picture []byte) (id string, fresh bool, err error) {
	if s.media != nil {
		id, endsAt, err := s.media.MediaID(ctx, asset)
		if err != nil {
			return "", false, s.wechat.fault(bot.ClassRetry, "media")
		}
		if id != "" && s.now().Add(mediaEarly).UnixMilli() < endsAt {
			return id, false, nil
		}
	}
	id, err = s.upload(ctx, asset, name, picture)
	return id, true, err
}

// upload gives the platform a picture and remembers what it is called there. Uploading twice does no harm.
func (s *Sender) upload(ctx context.Context, asset, name string, picture []byte) (string, error) {
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	taken, err := material.NewMaterial(&official.Context{AccessTokenHandle: t}).MediaUploadFromReader(material.MediaTypeImage, name, bytes.NewReader(picture))
	if err != nil {
		return "", again(s.bare(s.wechat, err))
	}
	if taken.MediaID == "" {
		return "", s.wechat.fault(bot.ClassRetry, "garbled")
	}
	if s.media != nil {
		if err := s.media.KeepMediaID(ctx, asset, taken.MediaID, s.now().Add(mediaLife).UnixMilli()); err != nil {
			s.log.Warn("media id not kept", "asset", name, "error", err)
		}
	}
	return taken.MediaID, nil
}
