package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Status says how a turn may begin.
type Status int

// What Begin finds.
const (
	Fresh     Status = iota // the record is there and the lease is ours
	Duplicate               // the message was answered; give Reply again
	Busy                    // someone else holds the lease; Record may be there
	Miss                    // no record (or none that can be read), the lease is ours
)

// Begun is the start of a turn.
type Begun struct {
	Status Status
	Record Record
	Reply  []byte // of a duplicate
	Lease  string // name of the owner, for Finish and Release; "" when Busy or Duplicate
	First  string // the first place in the line of those who wait for the lease, see Join; "" = nobody waits
}

// finish writes a record and releases the lease. The layout of a record is described in record.go. It may run twice: a message that comes first
// already is not written again.
// KEYS: record, lease. ARGV: turn number, head with state, seen message, lease owner, life in ms, most messages, most bytes.
var finish = redis.NewScript(`
local cur = redis.pcall('GET', KEYS[1])
local head, kept, n = ARGV[2], ARGV[3], 0
if #kept > 0 then n = 1 end
if type(cur) == 'string' and #cur >= 13 and string.byte(cur, 1) == 1 then
  local size = struct.unpack('>I4', string.sub(cur, 10, 13))
  if 13 + size <= #cur then
    if string.sub(cur, 2, 9) >= ARGV[1] then head = string.sub(cur, 1, 13 + size) end
    local key = nil
    if #kept > 0 then key = string.sub(kept, 6, 5 + string.byte(kept, 5)) end
    local pos = 14 + size
    while pos + 4 <= #cur and n < tonumber(ARGV[6]) do
      local len = struct.unpack('>I4', string.sub(cur, pos, pos + 3))
      local entry = string.sub(cur, pos, pos + 3 + len)
      if len < 1 or #entry < 4 + len or #kept + #entry > tonumber(ARGV[7]) then break end
      if string.sub(entry, 6, 5 + string.byte(entry, 5)) ~= key then
        kept = kept .. entry
        n = n + 1
      end
      pos = pos + 4 + len
    end
  end
end
redis.call('SET', KEYS[1], head .. kept, 'PX', ARGV[5])
if ARGV[4] ~= '' and redis.call('GET', KEYS[2]) == ARGV[4] then redis.call('DEL', KEYS[2]) end
return 1`)

// deleteIf deletes a key that still has the value.
var deleteIf = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

// Begin takes the lease and reads the record, in one round trip. The lease is asked for first: a record that is read under the lease cannot be older
// than what the last owner left. Errors match ErrDown.
func (s *Sessions) Begin(ctx context.Context, conversation, key string) (Begun, error) {
	token := newToken()
	var lease *redis.BoolCmd
	var record *redis.StringCmd
	var line *redis.MapStringStringCmd
	err := s.call(ctx, func(ctx context.Context) error {
		pipe := s.client.Pipeline()
		lease = pipe.SetNX(ctx, s.leaseKey(conversation), token, leaseTTL)
		record = pipe.Get(ctx, s.recordKey(conversation))
		line = pipe.HGetAll(ctx, s.lineKey(conversation))
		_, err := pipe.Exec(ctx)
		if err == nil || errors.Is(err, redis.Nil) || isWrongType(err) {
			return lease.Err()
		}
		return err
	})
	if err != nil {
		return Begun{}, fmt.Errorf("beginning turn: %w", err)
	}
	b := Begun{Status: Miss, First: first(line.Val(), time.Now())}
	if raw, err := record.Bytes(); err == nil {
		if b.Record, err = decode(raw); err == nil {
			b.Status = Fresh
		}
	}
	if reply, ok := b.Record.reply(key); ok {
		if lease.Val() {
			s.Release(ctx, conversation, token)
		}
		return Begun{Status: Duplicate, Record: b.Record, Reply: reply}, nil
	}
	if !lease.Val() {
		b.Status = Busy
		return b, nil
	}
	b.Lease = token
	return b, nil
}

// Finish remembers the state after turn seq unless a newer one is there, remembers the reply to the message, and releases the lease if it is still
// the caller's ("" = there was none). Errors match ErrDown; the turn is safe in the journal anyway.
func (s *Sessions) Finish(ctx context.Context, conversation string, seq int64, state []byte, key string, reply []byte, lease string) error {
	keys := []string{s.recordKey(conversation), s.leaseKey(conversation)}
	err := s.call(ctx, func(ctx context.Context) error {
		if s.inner != nil {
			return s.finishEmbedded(ctx, keys, lease, func(old []byte) []byte { return merge(old, seq, state, key, reply) })
		}
		return finish.Run(ctx, s.client, keys, seqText(seq), encodeHead(seq, state), encodeSeen(key, reply), lease,
			recordTTL.Milliseconds(), maxSeen, maxSeenBytes).Err()
	})
	if err != nil {
		return fmt.Errorf("finishing turn: %w", err)
	}
	return nil
}

// finishEmbedded does what the script does in a guarded transaction: scripts are slow on the embedded Redis.
func (s *Sessions) finishEmbedded(ctx context.Context, keys []string, lease string, next func(old []byte) []byte) error {
	return s.guarded(ctx, keys, func(tx *redis.Tx) error {
		old, err := tx.Get(ctx, keys[0]).Bytes()
		if err != nil && !errors.Is(err, redis.Nil) && !isWrongType(err) {
			return err
		}
		owner, err := tx.Get(ctx, keys[1]).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Set(ctx, keys[0], next(old), recordTTL)
			if lease != "" && owner == lease {
				pipe.Del(ctx, keys[1])
			}
			return nil
		})
		return err
	})
}

// guarded runs fn while watching the keys, again when one of them changed.
func (s *Sessions) guarded(ctx context.Context, keys []string, fn func(*redis.Tx) error) error {
	for {
		err := s.client.Watch(ctx, fn, keys...)
		if !errors.Is(err, redis.TxFailedErr) || ctx.Err() != nil {
			return err
		}
	}
}

// Release gives the lease back without a result. It is best effort: a lease ends by itself after three seconds.
func (s *Sessions) Release(ctx context.Context, conversation, lease string) {
	if lease == "" {
		return
	}
	_, _ = s.deleteIf(context.WithoutCancel(ctx), s.leaseKey(conversation), lease)
}

// Forget deletes the record of a conversation: the next turn reads the journal. The lease stays.
func (s *Sessions) Forget(ctx context.Context, conversation string) error {
	err := s.call(ctx, func(ctx context.Context) error { return s.client.Del(ctx, s.recordKey(conversation)).Err() })
	if err != nil {
		return fmt.Errorf("forgetting conversation: %w", err)
	}
	return nil
}

// deleteIf deletes key when it has the value.
func (s *Sessions) deleteIf(ctx context.Context, key, value string) (deleted bool, err error) {
	err = s.call(ctx, func(ctx context.Context) error {
		if s.inner == nil {
			n, err := deleteIf.Run(ctx, s.client, []string{key}, value).Int()
			deleted = n > 0
			return err
		}
		return s.guarded(ctx, []string{key}, func(tx *redis.Tx) error {
			got, err := tx.Get(ctx, key).Result()
			if errors.Is(err, redis.Nil) || err == nil && got != value {
				return nil
			}
			if err != nil {
				return err
			}
			deleted = true
			_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error { pipe.Del(ctx, key); return nil })
			return err
		})
	})
	return deleted, err
}

// isWrongType tells that a key holds something that is not ours.
func isWrongType(err error) bool { return redis.HasErrorPrefix(err, "WRONGTYPE") }
