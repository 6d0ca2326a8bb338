import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace weft. */
export namespace weft {

    /** Namespace control. */
    namespace control {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of an AgentMessage.
             * @deprecated Use weft.control.v1.AgentMessage.$Properties instead.
             */
            interface IAgentMessage extends weft.control.v1.AgentMessage.$Properties {
            }

            /** Represents an AgentMessage. */
            class AgentMessage {

                /**
                 * Constructs a new AgentMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.AgentMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AgentMessage sequence. */
                sequence: number;

                /** AgentMessage hello. */
                hello?: (weft.control.v1.Hello.$Properties|null);

                /** AgentMessage heartbeat. */
                heartbeat?: (weft.control.v1.Heartbeat.$Properties|null);

                /** AgentMessage assets. */
                assets?: (weft.control.v1.Assets.$Properties|null);

                /** AgentMessage capabilities. */
                capabilities?: (weft.control.v1.Capabilities.$Properties|null);

                /** AgentMessage guestStates. */
                guestStates?: (weft.control.v1.GuestStates.$Properties|null);

                /** AgentMessage events. */
                events?: (weft.control.v1.Events.$Properties|null);

                /** AgentMessage subscribe. */
                subscribe?: (weft.control.v1.Subscribe.$Properties|null);

                /** AgentMessage acknowledge. */
                acknowledge?: (weft.control.v1.Acknowledge.$Properties|null);

                /** AgentMessage measurements. */
                measurements?: (weft.control.v1.Measurements.$Properties|null);

                /** AgentMessage keys. */
                keys?: (weft.control.v1.Keys.$Properties|null);

                /** AgentMessage traced. */
                traced?: (weft.control.v1.Traced.$Properties|null);

                /** AgentMessage certificateRequest. */
                certificateRequest?: (weft.control.v1.CertificateRequest.$Properties|null);

                /** AgentMessage body. */
                body?: ("hello"|"heartbeat"|"assets"|"capabilities"|"guestStates"|"events"|"subscribe"|"acknowledge"|"measurements"|"keys"|"traced"|"certificateRequest");

                /**
                 * Creates a new AgentMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns AgentMessage instance
                 */
                static create(properties: weft.control.v1.AgentMessage.$Shape): weft.control.v1.AgentMessage & weft.control.v1.AgentMessage.$Shape;
                static create(properties?: weft.control.v1.AgentMessage.$Properties): weft.control.v1.AgentMessage;

                /**
                 * Encodes the specified AgentMessage message. Does not implicitly {@link weft.control.v1.AgentMessage.verify|verify} messages.
                 * @param message AgentMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.AgentMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AgentMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.AgentMessage & weft.control.v1.AgentMessage.$Shape} AgentMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.AgentMessage & weft.control.v1.AgentMessage.$Shape;

                /**
                 * Creates an AgentMessage message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns AgentMessage
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.AgentMessage;

                /**
                 * Creates a plain object from an AgentMessage message. Also converts values to other types if specified.
                 * @param message AgentMessage
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.AgentMessage, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this AgentMessage to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace AgentMessage {

                /** Properties of an AgentMessage. */
                interface $Properties {

                    /** AgentMessage sequence */
                    sequence?: (number|null);

                    /** AgentMessage hello */
                    hello?: (weft.control.v1.Hello.$Properties|null);

                    /** AgentMessage heartbeat */
                    heartbeat?: (weft.control.v1.Heartbeat.$Properties|null);

                    /** AgentMessage assets */
                    assets?: (weft.control.v1.Assets.$Properties|null);

                    /** AgentMessage capabilities */
                    capabilities?: (weft.control.v1.Capabilities.$Properties|null);

                    /** AgentMessage guestStates */
                    guestStates?: (weft.control.v1.GuestStates.$Properties|null);

                    /** AgentMessage events */
                    events?: (weft.control.v1.Events.$Properties|null);

                    /** AgentMessage subscribe */
                    subscribe?: (weft.control.v1.Subscribe.$Properties|null);

                    /** AgentMessage acknowledge */
                    acknowledge?: (weft.control.v1.Acknowledge.$Properties|null);

                    /** AgentMessage measurements */
                    measurements?: (weft.control.v1.Measurements.$Properties|null);

                    /** AgentMessage keys */
                    keys?: (weft.control.v1.Keys.$Properties|null);

                    /** AgentMessage traced */
                    traced?: (weft.control.v1.Traced.$Properties|null);

                    /** AgentMessage certificateRequest */
                    certificateRequest?: (weft.control.v1.CertificateRequest.$Properties|null);

                    /** AgentMessage body */
                    body?: ("hello"|"heartbeat"|"assets"|"capabilities"|"guestStates"|"events"|"subscribe"|"acknowledge"|"measurements"|"keys"|"traced"|"certificateRequest");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of an AgentMessage. */
                type $Shape = {
                  sequence?: number|null;
                  hello?: weft.control.v1.Hello.$Shape|null;
                  heartbeat?: weft.control.v1.Heartbeat.$Shape|null;
                  assets?: weft.control.v1.Assets.$Shape|null;
                  capabilities?: weft.control.v1.Capabilities.$Shape|null;
                  guestStates?: weft.control.v1.GuestStates.$Shape|null;
                  events?: weft.control.v1.Events.$Shape|null;
                  subscribe?: weft.control.v1.Subscribe.$Shape|null;
                  acknowledge?: weft.control.v1.Acknowledge.$Shape|null;
                  measurements?: weft.control.v1.Measurements.$Shape|null;
                  keys?: weft.control.v1.Keys.$Shape|null;
                  traced?: weft.control.v1.Traced.$Shape|null;
                  certificateRequest?: weft.control.v1.CertificateRequest.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "hello"; hello: weft.control.v1.Hello.$Shape; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "heartbeat"; hello?: null; heartbeat: weft.control.v1.Heartbeat.$Shape; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "assets"; hello?: null; heartbeat?: null; assets: weft.control.v1.Assets.$Shape; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "capabilities"; hello?: null; heartbeat?: null; assets?: null; capabilities: weft.control.v1.Capabilities.$Shape; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "guestStates"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates: weft.control.v1.GuestStates.$Shape; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "events"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events: weft.control.v1.Events.$Shape; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "subscribe"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe: weft.control.v1.Subscribe.$Shape; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "acknowledge"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge: weft.control.v1.Acknowledge.$Shape; measurements?: null; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "measurements"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements: weft.control.v1.Measurements.$Shape; keys?: null; traced?: null; certificateRequest?: null }|{ body?: "keys"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys: weft.control.v1.Keys.$Shape; traced?: null; certificateRequest?: null }|{ body?: "traced"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced: weft.control.v1.Traced.$Shape; certificateRequest?: null }|{ body?: "certificateRequest"; hello?: null; heartbeat?: null; assets?: null; capabilities?: null; guestStates?: null; events?: null; subscribe?: null; acknowledge?: null; measurements?: null; keys?: null; traced?: null; certificateRequest: weft.control.v1.CertificateRequest.$Shape })
                );
            }

            /**
             * Properties of a Hello.
             * @deprecated Use weft.control.v1.Hello.$Properties instead.
             */
            interface IHello extends weft.control.v1.Hello.$Properties {
            }

            /** Represents a Hello. */
            class Hello {

                /**
                 * Constructs a new Hello.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Hello.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Hello host. */
                host: string;

                /** Hello instance. */
                instance: string;

                /** Hello agentVersion. */
                agentVersion: string;

                /** Hello substrateAddresses. */
                substrateAddresses: Uint8Array[];

                /** Hello udpPort. */
                udpPort: number;

                /** Hello epoch. */
                epoch: number;

                /** Hello held. */
                held: weft.control.v1.Held.$Properties[];

                /** Hello capabilities. */
                capabilities?: (weft.control.v1.Capabilities.$Properties|null);

                /** Hello assets. */
                assets?: (weft.control.v1.Assets.$Properties|null);

                /** Hello keys. */
                keys?: (weft.control.v1.Keys.$Properties|null);

                /**
                 * Creates a new Hello instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Hello instance
                 */
                static create(properties: weft.control.v1.Hello.$Shape): weft.control.v1.Hello & weft.control.v1.Hello.$Shape;
                static create(properties?: weft.control.v1.Hello.$Properties): weft.control.v1.Hello;

                /**
                 * Encodes the specified Hello message. Does not implicitly {@link weft.control.v1.Hello.verify|verify} messages.
                 * @param message Hello message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Hello message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Hello & weft.control.v1.Hello.$Shape} Hello
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Hello & weft.control.v1.Hello.$Shape;

                /**
                 * Creates a Hello message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Hello
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Hello;

                /**
                 * Creates a plain object from a Hello message. Also converts values to other types if specified.
                 * @param message Hello
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Hello, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Hello to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Hello {

                /** Properties of a Hello. */
                interface $Properties {

                    /** Hello host */
                    host?: (string|null);

                    /** Hello instance */
                    instance?: (string|null);

                    /** Hello agentVersion */
                    agentVersion?: (string|null);

                    /** Hello substrateAddresses */
                    substrateAddresses?: (Uint8Array[]|null);

                    /** Hello udpPort */
                    udpPort?: (number|null);

                    /** Hello epoch */
                    epoch?: (number|null);

                    /** Hello held */
                    held?: (weft.control.v1.Held.$Properties[]|null);

                    /** Hello capabilities */
                    capabilities?: (weft.control.v1.Capabilities.$Properties|null);

                    /** Hello assets */
                    assets?: (weft.control.v1.Assets.$Properties|null);

                    /** Hello keys */
                    keys?: (weft.control.v1.Keys.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Hello. */
                type $Shape = weft.control.v1.Hello.$Properties;
            }

            /**
             * Properties of a Held.
             * @deprecated Use weft.control.v1.Held.$Properties instead.
             */
            interface IHeld extends weft.control.v1.Held.$Properties {
            }

            /** Represents a Held. */
            class Held {

                /**
                 * Constructs a new Held.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Held.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Held name. */
                name?: (weft.control.v1.ResourceName.$Properties|null);

                /** Held version. */
                version: string;

                /** Held session. */
                session?: (weft.control.v1.Session.$Properties|null);

                /**
                 * Creates a new Held instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Held instance
                 */
                static create(properties: weft.control.v1.Held.$Shape): weft.control.v1.Held & weft.control.v1.Held.$Shape;
                static create(properties?: weft.control.v1.Held.$Properties): weft.control.v1.Held;

                /**
                 * Encodes the specified Held message. Does not implicitly {@link weft.control.v1.Held.verify|verify} messages.
                 * @param message Held message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Held.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Held message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Held & weft.control.v1.Held.$Shape} Held
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Held & weft.control.v1.Held.$Shape;

                /**
                 * Creates a Held message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Held
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Held;

                /**
                 * Creates a plain object from a Held message. Also converts values to other types if specified.
                 * @param message Held
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Held, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Held to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Held {

                /** Properties of a Held. */
                interface $Properties {

                    /** Held name */
                    name?: (weft.control.v1.ResourceName.$Properties|null);

                    /** Held version */
                    version?: (string|null);

                    /** Held session */
                    session?: (weft.control.v1.Session.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Held. */
                type $Shape = weft.control.v1.Held.$Properties;
            }

            /**
             * Properties of a Keys.
             * @deprecated Use weft.control.v1.Keys.$Properties instead.
             */
            interface IKeys extends weft.control.v1.Keys.$Properties {
            }

            /** Represents a Keys. */
            class Keys {

                /**
                 * Constructs a new Keys.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Keys.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Keys identity. */
                identity: Uint8Array;

                /** Keys epochs. */
                epochs: weft.control.v1.HostKey.$Properties[];

                /**
                 * Creates a new Keys instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Keys instance
                 */
                static create(properties: weft.control.v1.Keys.$Shape): weft.control.v1.Keys & weft.control.v1.Keys.$Shape;
                static create(properties?: weft.control.v1.Keys.$Properties): weft.control.v1.Keys;

                /**
                 * Encodes the specified Keys message. Does not implicitly {@link weft.control.v1.Keys.verify|verify} messages.
                 * @param message Keys message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Keys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Keys message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Keys & weft.control.v1.Keys.$Shape} Keys
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Keys & weft.control.v1.Keys.$Shape;

                /**
                 * Creates a Keys message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Keys
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Keys;

                /**
                 * Creates a plain object from a Keys message. Also converts values to other types if specified.
                 * @param message Keys
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Keys, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Keys to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Keys {

                /** Properties of a Keys. */
                interface $Properties {

                    /** Keys identity */
                    identity?: (Uint8Array|null);

                    /** Keys epochs */
                    epochs?: (weft.control.v1.HostKey.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Keys. */
                type $Shape = weft.control.v1.Keys.$Properties;
            }

            /**
             * Properties of a HostKey.
             * @deprecated Use weft.control.v1.HostKey.$Properties instead.
             */
            interface IHostKey extends weft.control.v1.HostKey.$Properties {
            }

            /** Represents a HostKey. */
            class HostKey {

                /**
                 * Constructs a new HostKey.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.HostKey.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HostKey epoch. */
                epoch: number;

                /** HostKey publicKey. */
                publicKey: Uint8Array;

                /** HostKey signature. */
                signature: Uint8Array;

                /**
                 * Creates a new HostKey instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HostKey instance
                 */
                static create(properties: weft.control.v1.HostKey.$Shape): weft.control.v1.HostKey & weft.control.v1.HostKey.$Shape;
                static create(properties?: weft.control.v1.HostKey.$Properties): weft.control.v1.HostKey;

                /**
                 * Encodes the specified HostKey message. Does not implicitly {@link weft.control.v1.HostKey.verify|verify} messages.
                 * @param message HostKey message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.HostKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HostKey message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.HostKey & weft.control.v1.HostKey.$Shape} HostKey
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.HostKey & weft.control.v1.HostKey.$Shape;

                /**
                 * Creates a HostKey message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns HostKey
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.HostKey;

                /**
                 * Creates a plain object from a HostKey message. Also converts values to other types if specified.
                 * @param message HostKey
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.HostKey, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this HostKey to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace HostKey {

                /** Properties of a HostKey. */
                interface $Properties {

                    /** HostKey epoch */
                    epoch?: (number|null);

                    /** HostKey publicKey */
                    publicKey?: (Uint8Array|null);

                    /** HostKey signature */
                    signature?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HostKey. */
                type $Shape = weft.control.v1.HostKey.$Properties;
            }

            /**
             * Properties of a Heartbeat.
             * @deprecated Use weft.control.v1.Heartbeat.$Properties instead.
             */
            interface IHeartbeat extends weft.control.v1.Heartbeat.$Properties {
            }

            /** Represents a Heartbeat. */
            class Heartbeat {

                /**
                 * Constructs a new Heartbeat.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Heartbeat.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Heartbeat number. */
                number: number;

                /** Heartbeat epoch. */
                epoch: number;

                /** Heartbeat guests. */
                guests: number;

                /** Heartbeat load1. */
                load1: number;

                /** Heartbeat residentBytes. */
                residentBytes: number;

                /**
                 * Creates a new Heartbeat instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Heartbeat instance
                 */
                static create(properties: weft.control.v1.Heartbeat.$Shape): weft.control.v1.Heartbeat & weft.control.v1.Heartbeat.$Shape;
                static create(properties?: weft.control.v1.Heartbeat.$Properties): weft.control.v1.Heartbeat;

                /**
                 * Encodes the specified Heartbeat message. Does not implicitly {@link weft.control.v1.Heartbeat.verify|verify} messages.
                 * @param message Heartbeat message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Heartbeat message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Heartbeat & weft.control.v1.Heartbeat.$Shape} Heartbeat
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Heartbeat & weft.control.v1.Heartbeat.$Shape;

                /**
                 * Creates a Heartbeat message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Heartbeat
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Heartbeat;

                /**
                 * Creates a plain object from a Heartbeat message. Also converts values to other types if specified.
                 * @param message Heartbeat
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Heartbeat, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Heartbeat to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Heartbeat {

                /** Properties of a Heartbeat. */
                interface $Properties {

                    /** Heartbeat number */
                    number?: (number|null);

                    /** Heartbeat epoch */
                    epoch?: (number|null);

                    /** Heartbeat guests */
                    guests?: (number|null);

                    /** Heartbeat load1 */
                    load1?: (number|null);

                    /** Heartbeat residentBytes */
                    residentBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Heartbeat. */
                type $Shape = weft.control.v1.Heartbeat.$Properties;
            }

            /**
             * Properties of an Assets.
             * @deprecated Use weft.control.v1.Assets.$Properties instead.
             */
            interface IAssets extends weft.control.v1.Assets.$Properties {
            }

            /** Represents an Assets. */
            class Assets {

                /**
                 * Constructs a new Assets.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Assets.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Assets kernel. */
                kernel: string;

                /** Assets operatingSystem. */
                operatingSystem: string;

                /** Assets architecture. */
                architecture: string;

                /** Assets cpus. */
                cpus: number;

                /** Assets cpuModel. */
                cpuModel: string;

                /** Assets memoryBytes. */
                memoryBytes: number;

                /** Assets nics. */
                nics: weft.control.v1.Nic.$Properties[];

                /** Assets labels. */
                labels: { [k: string]: string };

                /**
                 * Creates a new Assets instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Assets instance
                 */
                static create(properties: weft.control.v1.Assets.$Shape): weft.control.v1.Assets & weft.control.v1.Assets.$Shape;
                static create(properties?: weft.control.v1.Assets.$Properties): weft.control.v1.Assets;

                /**
                 * Encodes the specified Assets message. Does not implicitly {@link weft.control.v1.Assets.verify|verify} messages.
                 * @param message Assets message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Assets.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Assets message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Assets & weft.control.v1.Assets.$Shape} Assets
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Assets & weft.control.v1.Assets.$Shape;

                /**
                 * Creates an Assets message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Assets
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Assets;

                /**
                 * Creates a plain object from an Assets message. Also converts values to other types if specified.
                 * @param message Assets
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Assets, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Assets to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Assets {

                /** Properties of an Assets. */
                interface $Properties {

                    /** Assets kernel */
                    kernel?: (string|null);

                    /** Assets operatingSystem */
                    operatingSystem?: (string|null);

                    /** Assets architecture */
                    architecture?: (string|null);

                    /** Assets cpus */
                    cpus?: (number|null);

                    /** Assets cpuModel */
                    cpuModel?: (string|null);

                    /** Assets memoryBytes */
                    memoryBytes?: (number|null);

                    /** Assets nics */
                    nics?: (weft.control.v1.Nic.$Properties[]|null);

                    /** Assets labels */
                    labels?: ({ [k: string]: string }|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Assets. */
                type $Shape = weft.control.v1.Assets.$Properties;
            }

            /**
             * Properties of a Nic.
             * @deprecated Use weft.control.v1.Nic.$Properties instead.
             */
            interface INic extends weft.control.v1.Nic.$Properties {
            }

            /** Represents a Nic. */
            class Nic {

                /**
                 * Constructs a new Nic.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Nic.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Nic name. */
                name: string;

                /** Nic mac. */
                mac: string;

                /** Nic mtu. */
                mtu: number;

                /** Nic up. */
                up: boolean;

                /** Nic speedMbps. */
                speedMbps: number;

                /** Nic addresses. */
                addresses: Uint8Array[];

                /** Nic offloads. */
                offloads: string[];

                /**
                 * Creates a new Nic instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Nic instance
                 */
                static create(properties: weft.control.v1.Nic.$Shape): weft.control.v1.Nic & weft.control.v1.Nic.$Shape;
                static create(properties?: weft.control.v1.Nic.$Properties): weft.control.v1.Nic;

                /**
                 * Encodes the specified Nic message. Does not implicitly {@link weft.control.v1.Nic.verify|verify} messages.
                 * @param message Nic message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Nic.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Nic message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Nic & weft.control.v1.Nic.$Shape} Nic
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Nic & weft.control.v1.Nic.$Shape;

                /**
                 * Creates a Nic message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Nic
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Nic;

                /**
                 * Creates a plain object from a Nic message. Also converts values to other types if specified.
                 * @param message Nic
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Nic, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Nic to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Nic {

                /** Properties of a Nic. */
                interface $Properties {

                    /** Nic name */
                    name?: (string|null);

                    /** Nic mac */
                    mac?: (string|null);

                    /** Nic mtu */
                    mtu?: (number|null);

                    /** Nic up */
                    up?: (boolean|null);

                    /** Nic speedMbps */
                    speedMbps?: (number|null);

                    /** Nic addresses */
                    addresses?: (Uint8Array[]|null);

                    /** Nic offloads */
                    offloads?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Nic. */
                type $Shape = weft.control.v1.Nic.$Properties;
            }

            /**
             * Properties of a Capabilities.
             * @deprecated Use weft.control.v1.Capabilities.$Properties instead.
             */
            interface ICapabilities extends weft.control.v1.Capabilities.$Properties {
            }

            /** Represents a Capabilities. */
            class Capabilities {

                /**
                 * Constructs a new Capabilities.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Capabilities.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Capabilities formats. */
                formats: string[];

                /** Capabilities features. */
                features: string[];

                /** Capabilities offloads. */
                offloads: string[];

                /** Capabilities executors. */
                executors: string[];

                /** Capabilities ports. */
                ports: string[];

                /** Capabilities problems. */
                problems: string[];

                /** Capabilities gni6Prefix. */
                gni6Prefix: Uint8Array;

                /**
                 * Creates a new Capabilities instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Capabilities instance
                 */
                static create(properties: weft.control.v1.Capabilities.$Shape): weft.control.v1.Capabilities & weft.control.v1.Capabilities.$Shape;
                static create(properties?: weft.control.v1.Capabilities.$Properties): weft.control.v1.Capabilities;

                /**
                 * Encodes the specified Capabilities message. Does not implicitly {@link weft.control.v1.Capabilities.verify|verify} messages.
                 * @param message Capabilities message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Capabilities.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Capabilities message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Capabilities & weft.control.v1.Capabilities.$Shape} Capabilities
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Capabilities & weft.control.v1.Capabilities.$Shape;

                /**
                 * Creates a Capabilities message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Capabilities
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Capabilities;

                /**
                 * Creates a plain object from a Capabilities message. Also converts values to other types if specified.
                 * @param message Capabilities
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Capabilities, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Capabilities to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Capabilities {

                /** Properties of a Capabilities. */
                interface $Properties {

                    /** Capabilities formats */
                    formats?: (string[]|null);

                    /** Capabilities features */
                    features?: (string[]|null);

                    /** Capabilities offloads */
                    offloads?: (string[]|null);

                    /** Capabilities executors */
                    executors?: (string[]|null);

                    /** Capabilities ports */
                    ports?: (string[]|null);

                    /** Capabilities problems */
                    problems?: (string[]|null);

                    /** Capabilities gni6Prefix */
                    gni6Prefix?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Capabilities. */
                type $Shape = weft.control.v1.Capabilities.$Properties;
            }

            /**
             * Properties of a GuestStates.
             * @deprecated Use weft.control.v1.GuestStates.$Properties instead.
             */
            interface IGuestStates extends weft.control.v1.GuestStates.$Properties {
            }

            /** Represents a GuestStates. */
            class GuestStates {

                /**
                 * Constructs a new GuestStates.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.GuestStates.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** GuestStates guests. */
                guests: weft.control.v1.GuestState.$Properties[];

                /**
                 * Creates a new GuestStates instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns GuestStates instance
                 */
                static create(properties: weft.control.v1.GuestStates.$Shape): weft.control.v1.GuestStates & weft.control.v1.GuestStates.$Shape;
                static create(properties?: weft.control.v1.GuestStates.$Properties): weft.control.v1.GuestStates;

                /**
                 * Encodes the specified GuestStates message. Does not implicitly {@link weft.control.v1.GuestStates.verify|verify} messages.
                 * @param message GuestStates message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.GuestStates.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a GuestStates message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.GuestStates & weft.control.v1.GuestStates.$Shape} GuestStates
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.GuestStates & weft.control.v1.GuestStates.$Shape;

                /**
                 * Creates a GuestStates message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns GuestStates
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.GuestStates;

                /**
                 * Creates a plain object from a GuestStates message. Also converts values to other types if specified.
                 * @param message GuestStates
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.GuestStates, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this GuestStates to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace GuestStates {

                /** Properties of a GuestStates. */
                interface $Properties {

                    /** GuestStates guests */
                    guests?: (weft.control.v1.GuestState.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a GuestStates. */
                type $Shape = weft.control.v1.GuestStates.$Properties;
            }

            /**
             * Properties of a GuestState.
             * @deprecated Use weft.control.v1.GuestState.$Properties instead.
             */
            interface IGuestState extends weft.control.v1.GuestState.$Properties {
            }

            /** Represents a GuestState. */
            class GuestState {

                /**
                 * Constructs a new GuestState.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.GuestState.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** GuestState guest. */
                guest: string;

                /** GuestState phase. */
                phase: weft.control.v1.GuestState.Phase;

                /** GuestState detail. */
                detail: string;

                /** GuestState command. */
                command?: (weft.control.v1.CommandState.$Properties|null);

                /** GuestState mtu. */
                mtu: number;

                /** GuestState port. */
                port: string;

                /**
                 * Creates a new GuestState instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns GuestState instance
                 */
                static create(properties: weft.control.v1.GuestState.$Shape): weft.control.v1.GuestState & weft.control.v1.GuestState.$Shape;
                static create(properties?: weft.control.v1.GuestState.$Properties): weft.control.v1.GuestState;

                /**
                 * Encodes the specified GuestState message. Does not implicitly {@link weft.control.v1.GuestState.verify|verify} messages.
                 * @param message GuestState message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.GuestState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a GuestState message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.GuestState & weft.control.v1.GuestState.$Shape} GuestState
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.GuestState & weft.control.v1.GuestState.$Shape;

                /**
                 * Creates a GuestState message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns GuestState
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.GuestState;

                /**
                 * Creates a plain object from a GuestState message. Also converts values to other types if specified.
                 * @param message GuestState
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.GuestState, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this GuestState to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace GuestState {

                /** Properties of a GuestState. */
                interface $Properties {

                    /** GuestState guest */
                    guest?: (string|null);

                    /** GuestState phase */
                    phase?: (weft.control.v1.GuestState.Phase|null);

                    /** GuestState detail */
                    detail?: (string|null);

                    /** GuestState command */
                    command?: (weft.control.v1.CommandState.$Properties|null);

                    /** GuestState mtu */
                    mtu?: (number|null);

                    /** GuestState port */
                    port?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a GuestState. */
                type $Shape = weft.control.v1.GuestState.$Properties;

                /** Phase enum. */
                enum Phase {

                    /** UNKNOWN value */
                    UNKNOWN = 0,

                    /** PREPARING value */
                    PREPARING = 1,

                    /** RUNNING value */
                    RUNNING = 2,

                    /** FAILED value */
                    FAILED = 3,

                    /** REMOVED value */
                    REMOVED = 4
                }
            }

            /**
             * Properties of a CommandState.
             * @deprecated Use weft.control.v1.CommandState.$Properties instead.
             */
            interface ICommandState extends weft.control.v1.CommandState.$Properties {
            }

            /** Represents a CommandState. */
            class CommandState {

                /**
                 * Constructs a new CommandState.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.CommandState.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CommandState phase. */
                phase: weft.control.v1.CommandState.Phase;

                /** CommandState pid. */
                pid: number;

                /** CommandState exitCode. */
                exitCode: number;

                /** CommandState signal. */
                signal: string;

                /**
                 * Creates a new CommandState instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CommandState instance
                 */
                static create(properties: weft.control.v1.CommandState.$Shape): weft.control.v1.CommandState & weft.control.v1.CommandState.$Shape;
                static create(properties?: weft.control.v1.CommandState.$Properties): weft.control.v1.CommandState;

                /**
                 * Encodes the specified CommandState message. Does not implicitly {@link weft.control.v1.CommandState.verify|verify} messages.
                 * @param message CommandState message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.CommandState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CommandState message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.CommandState & weft.control.v1.CommandState.$Shape} CommandState
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.CommandState & weft.control.v1.CommandState.$Shape;

                /**
                 * Creates a CommandState message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns CommandState
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.CommandState;

                /**
                 * Creates a plain object from a CommandState message. Also converts values to other types if specified.
                 * @param message CommandState
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.CommandState, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this CommandState to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace CommandState {

                /** Properties of a CommandState. */
                interface $Properties {

                    /** CommandState phase */
                    phase?: (weft.control.v1.CommandState.Phase|null);

                    /** CommandState pid */
                    pid?: (number|null);

                    /** CommandState exitCode */
                    exitCode?: (number|null);

                    /** CommandState signal */
                    signal?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CommandState. */
                type $Shape = weft.control.v1.CommandState.$Properties;

                /** Phase enum. */
                enum Phase {

                    /** NONE value */
                    NONE = 0,

                    /** RUNNING value */
                    RUNNING = 1,

                    /** EXITED value */
                    EXITED = 2
                }
            }

            /**
             * Properties of an Events.
             * @deprecated Use weft.control.v1.Events.$Properties instead.
             */
            interface IEvents extends weft.control.v1.Events.$Properties {
            }

            /** Represents an Events. */
            class Events {

                /**
                 * Constructs a new Events.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Events.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Events events. */
                events: weft.control.v1.Event.$Properties[];

                /**
                 * Creates a new Events instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Events instance
                 */
                static create(properties: weft.control.v1.Events.$Shape): weft.control.v1.Events & weft.control.v1.Events.$Shape;
                static create(properties?: weft.control.v1.Events.$Properties): weft.control.v1.Events;

                /**
                 * Encodes the specified Events message. Does not implicitly {@link weft.control.v1.Events.verify|verify} messages.
                 * @param message Events message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Events.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Events message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Events & weft.control.v1.Events.$Shape} Events
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Events & weft.control.v1.Events.$Shape;

                /**
                 * Creates an Events message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Events
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Events;

                /**
                 * Creates a plain object from an Events message. Also converts values to other types if specified.
                 * @param message Events
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Events, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Events to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Events {

                /** Properties of an Events. */
                interface $Properties {

                    /** Events events */
                    events?: (weft.control.v1.Event.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Events. */
                type $Shape = weft.control.v1.Events.$Properties;
            }

            /**
             * Properties of an Event.
             * @deprecated Use weft.control.v1.Event.$Properties instead.
             */
            interface IEvent extends weft.control.v1.Event.$Properties {
            }

            /** Represents an Event. */
            class Event {

                /**
                 * Constructs a new Event.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Event.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Event timeMs. */
                timeMs: number;

                /** Event code. */
                code: string;

                /** Event detail. */
                detail: string;

                /**
                 * Creates a new Event instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Event instance
                 */
                static create(properties: weft.control.v1.Event.$Shape): weft.control.v1.Event & weft.control.v1.Event.$Shape;
                static create(properties?: weft.control.v1.Event.$Properties): weft.control.v1.Event;

                /**
                 * Encodes the specified Event message. Does not implicitly {@link weft.control.v1.Event.verify|verify} messages.
                 * @param message Event message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Event message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Event & weft.control.v1.Event.$Shape} Event
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Event & weft.control.v1.Event.$Shape;

                /**
                 * Creates an Event message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Event
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Event;

                /**
                 * Creates a plain object from an Event message. Also converts values to other types if specified.
                 * @param message Event
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Event, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Event to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Event {

                /** Properties of an Event. */
                interface $Properties {

                    /** Event timeMs */
                    timeMs?: (number|null);

                    /** Event code */
                    code?: (string|null);

                    /** Event detail */
                    detail?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Event. */
                type $Shape = weft.control.v1.Event.$Properties;
            }

            /**
             * Properties of a Subscribe.
             * @deprecated Use weft.control.v1.Subscribe.$Properties instead.
             */
            interface ISubscribe extends weft.control.v1.Subscribe.$Properties {
            }

            /** Represents a Subscribe. */
            class Subscribe {

                /**
                 * Constructs a new Subscribe.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Subscribe.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Subscribe wanted. */
                wanted: weft.control.v1.MappingName.$Properties[];

                /** Subscribe unwanted. */
                unwanted: weft.control.v1.MappingName.$Properties[];

                /**
                 * Creates a new Subscribe instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Subscribe instance
                 */
                static create(properties: weft.control.v1.Subscribe.$Shape): weft.control.v1.Subscribe & weft.control.v1.Subscribe.$Shape;
                static create(properties?: weft.control.v1.Subscribe.$Properties): weft.control.v1.Subscribe;

                /**
                 * Encodes the specified Subscribe message. Does not implicitly {@link weft.control.v1.Subscribe.verify|verify} messages.
                 * @param message Subscribe message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Subscribe.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Subscribe message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Subscribe & weft.control.v1.Subscribe.$Shape} Subscribe
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Subscribe & weft.control.v1.Subscribe.$Shape;

                /**
                 * Creates a Subscribe message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Subscribe
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Subscribe;

                /**
                 * Creates a plain object from a Subscribe message. Also converts values to other types if specified.
                 * @param message Subscribe
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Subscribe, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Subscribe to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Subscribe {

                /** Properties of a Subscribe. */
                interface $Properties {

                    /** Subscribe wanted */
                    wanted?: (weft.control.v1.MappingName.$Properties[]|null);

                    /** Subscribe unwanted */
                    unwanted?: (weft.control.v1.MappingName.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Subscribe. */
                type $Shape = weft.control.v1.Subscribe.$Properties;
            }

            /**
             * Properties of an Acknowledge.
             * @deprecated Use weft.control.v1.Acknowledge.$Properties instead.
             */
            interface IAcknowledge extends weft.control.v1.Acknowledge.$Properties {
            }

            /** Represents an Acknowledge. */
            class Acknowledge {

                /**
                 * Constructs a new Acknowledge.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Acknowledge.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Acknowledge update. */
                update: number;

                /** Acknowledge refused. */
                refused: weft.control.v1.Refusal.$Properties[];

                /**
                 * Creates a new Acknowledge instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Acknowledge instance
                 */
                static create(properties: weft.control.v1.Acknowledge.$Shape): weft.control.v1.Acknowledge & weft.control.v1.Acknowledge.$Shape;
                static create(properties?: weft.control.v1.Acknowledge.$Properties): weft.control.v1.Acknowledge;

                /**
                 * Encodes the specified Acknowledge message. Does not implicitly {@link weft.control.v1.Acknowledge.verify|verify} messages.
                 * @param message Acknowledge message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Acknowledge.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Acknowledge message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Acknowledge & weft.control.v1.Acknowledge.$Shape} Acknowledge
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Acknowledge & weft.control.v1.Acknowledge.$Shape;

                /**
                 * Creates an Acknowledge message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Acknowledge
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Acknowledge;

                /**
                 * Creates a plain object from an Acknowledge message. Also converts values to other types if specified.
                 * @param message Acknowledge
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Acknowledge, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Acknowledge to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Acknowledge {

                /** Properties of an Acknowledge. */
                interface $Properties {

                    /** Acknowledge update */
                    update?: (number|null);

                    /** Acknowledge refused */
                    refused?: (weft.control.v1.Refusal.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Acknowledge. */
                type $Shape = weft.control.v1.Acknowledge.$Properties;
            }

            /**
             * Properties of a Refusal.
             * @deprecated Use weft.control.v1.Refusal.$Properties instead.
             */
            interface IRefusal extends weft.control.v1.Refusal.$Properties {
            }

            /** Represents a Refusal. */
            class Refusal {

                /**
                 * Constructs a new Refusal.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Refusal.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Refusal name. */
                name?: (weft.control.v1.ResourceName.$Properties|null);

                /** Refusal reason. */
                reason: string;

                /**
                 * Creates a new Refusal instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Refusal instance
                 */
                static create(properties: weft.control.v1.Refusal.$Shape): weft.control.v1.Refusal & weft.control.v1.Refusal.$Shape;
                static create(properties?: weft.control.v1.Refusal.$Properties): weft.control.v1.Refusal;

                /**
                 * Encodes the specified Refusal message. Does not implicitly {@link weft.control.v1.Refusal.verify|verify} messages.
                 * @param message Refusal message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Refusal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Refusal message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Refusal & weft.control.v1.Refusal.$Shape} Refusal
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Refusal & weft.control.v1.Refusal.$Shape;

                /**
                 * Creates a Refusal message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Refusal
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Refusal;

                /**
                 * Creates a plain object from a Refusal message. Also converts values to other types if specified.
                 * @param message Refusal
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Refusal, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Refusal to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Refusal {

                /** Properties of a Refusal. */
                interface $Properties {

                    /** Refusal name */
                    name?: (weft.control.v1.ResourceName.$Properties|null);

                    /** Refusal reason */
                    reason?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Refusal. */
                type $Shape = weft.control.v1.Refusal.$Properties;
            }

            /**
             * Properties of a Measurements.
             * @deprecated Use weft.control.v1.Measurements.$Properties instead.
             */
            interface IMeasurements extends weft.control.v1.Measurements.$Properties {
            }

            /** Represents a Measurements. */
            class Measurements {

                /**
                 * Constructs a new Measurements.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Measurements.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Measurements paths. */
                paths: weft.control.v1.PathMeasurement.$Properties[];

                /**
                 * Creates a new Measurements instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Measurements instance
                 */
                static create(properties: weft.control.v1.Measurements.$Shape): weft.control.v1.Measurements & weft.control.v1.Measurements.$Shape;
                static create(properties?: weft.control.v1.Measurements.$Properties): weft.control.v1.Measurements;

                /**
                 * Encodes the specified Measurements message. Does not implicitly {@link weft.control.v1.Measurements.verify|verify} messages.
                 * @param message Measurements message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Measurements.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Measurements message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Measurements & weft.control.v1.Measurements.$Shape} Measurements
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Measurements & weft.control.v1.Measurements.$Shape;

                /**
                 * Creates a Measurements message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Measurements
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Measurements;

                /**
                 * Creates a plain object from a Measurements message. Also converts values to other types if specified.
                 * @param message Measurements
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Measurements, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Measurements to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Measurements {

                /** Properties of a Measurements. */
                interface $Properties {

                    /** Measurements paths */
                    paths?: (weft.control.v1.PathMeasurement.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Measurements. */
                type $Shape = weft.control.v1.Measurements.$Properties;
            }

            /**
             * Properties of a PathMeasurement.
             * @deprecated Use weft.control.v1.PathMeasurement.$Properties instead.
             */
            interface IPathMeasurement extends weft.control.v1.PathMeasurement.$Properties {
            }

            /** Represents a PathMeasurement. */
            class PathMeasurement {

                /**
                 * Constructs a new PathMeasurement.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.PathMeasurement.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** PathMeasurement peer. */
                peer: string;

                /** PathMeasurement address. */
                address: Uint8Array;

                /** PathMeasurement pathMtu. */
                pathMtu: number;

                /** PathMeasurement roundTripUs. */
                roundTripUs: number;

                /** PathMeasurement lostPercent. */
                lostPercent: number;

                /** PathMeasurement packetsOut. */
                packetsOut: number;

                /** PathMeasurement bytesOut. */
                bytesOut: number;

                /** PathMeasurement packetsIn. */
                packetsIn: number;

                /** PathMeasurement bytesIn. */
                bytesIn: number;

                /** PathMeasurement drops. */
                drops: number;

                /** PathMeasurement findings. */
                findings: string[];

                /** PathMeasurement testedMs. */
                testedMs: number;

                /**
                 * Creates a new PathMeasurement instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns PathMeasurement instance
                 */
                static create(properties: weft.control.v1.PathMeasurement.$Shape): weft.control.v1.PathMeasurement & weft.control.v1.PathMeasurement.$Shape;
                static create(properties?: weft.control.v1.PathMeasurement.$Properties): weft.control.v1.PathMeasurement;

                /**
                 * Encodes the specified PathMeasurement message. Does not implicitly {@link weft.control.v1.PathMeasurement.verify|verify} messages.
                 * @param message PathMeasurement message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.PathMeasurement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a PathMeasurement message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.PathMeasurement & weft.control.v1.PathMeasurement.$Shape} PathMeasurement
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.PathMeasurement & weft.control.v1.PathMeasurement.$Shape;

                /**
                 * Creates a PathMeasurement message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns PathMeasurement
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.PathMeasurement;

                /**
                 * Creates a plain object from a PathMeasurement message. Also converts values to other types if specified.
                 * @param message PathMeasurement
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.PathMeasurement, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this PathMeasurement to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace PathMeasurement {

                /** Properties of a PathMeasurement. */
                interface $Properties {

                    /** PathMeasurement peer */
                    peer?: (string|null);

                    /** PathMeasurement address */
                    address?: (Uint8Array|null);

                    /** PathMeasurement pathMtu */
                    pathMtu?: (number|null);

                    /** PathMeasurement roundTripUs */
                    roundTripUs?: (number|null);

                    /** PathMeasurement lostPercent */
                    lostPercent?: (number|null);

                    /** PathMeasurement packetsOut */
                    packetsOut?: (number|null);

                    /** PathMeasurement bytesOut */
                    bytesOut?: (number|null);

                    /** PathMeasurement packetsIn */
                    packetsIn?: (number|null);

                    /** PathMeasurement bytesIn */
                    bytesIn?: (number|null);

                    /** PathMeasurement drops */
                    drops?: (number|null);

                    /** PathMeasurement findings */
                    findings?: (string[]|null);

                    /** PathMeasurement testedMs */
                    testedMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a PathMeasurement. */
                type $Shape = weft.control.v1.PathMeasurement.$Properties;
            }

            /**
             * Properties of a Traced.
             * @deprecated Use weft.control.v1.Traced.$Properties instead.
             */
            interface ITraced extends weft.control.v1.Traced.$Properties {
            }

            /** Represents a Traced. */
            class Traced {

                /**
                 * Constructs a new Traced.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Traced.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Traced trace. */
                trace: number;

                /** Traced steps. */
                steps: weft.control.v1.TraceStep.$Properties[];

                /** Traced last. */
                last: boolean;

                /** Traced problem. */
                problem: string;

                /** Traced answeredUs. */
                answeredUs: number;

                /**
                 * Creates a new Traced instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Traced instance
                 */
                static create(properties: weft.control.v1.Traced.$Shape): weft.control.v1.Traced & weft.control.v1.Traced.$Shape;
                static create(properties?: weft.control.v1.Traced.$Properties): weft.control.v1.Traced;

                /**
                 * Encodes the specified Traced message. Does not implicitly {@link weft.control.v1.Traced.verify|verify} messages.
                 * @param message Traced message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Traced.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Traced message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Traced & weft.control.v1.Traced.$Shape} Traced
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Traced & weft.control.v1.Traced.$Shape;

                /**
                 * Creates a Traced message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Traced
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Traced;

                /**
                 * Creates a plain object from a Traced message. Also converts values to other types if specified.
                 * @param message Traced
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Traced, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Traced to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Traced {

                /** Properties of a Traced. */
                interface $Properties {

                    /** Traced trace */
                    trace?: (number|null);

                    /** Traced steps */
                    steps?: (weft.control.v1.TraceStep.$Properties[]|null);

                    /** Traced last */
                    last?: (boolean|null);

                    /** Traced problem */
                    problem?: (string|null);

                    /** Traced answeredUs */
                    answeredUs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Traced. */
                type $Shape = weft.control.v1.Traced.$Properties;
            }

            /**
             * Properties of a TraceStep.
             * @deprecated Use weft.control.v1.TraceStep.$Properties instead.
             */
            interface ITraceStep extends weft.control.v1.TraceStep.$Properties {
            }

            /** Represents a TraceStep. */
            class TraceStep {

                /**
                 * Constructs a new TraceStep.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.TraceStep.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** TraceStep timeUs. */
                timeUs: number;

                /** TraceStep executor. */
                executor: string;

                /** TraceStep program. */
                program: string;

                /** TraceStep side. */
                side: string;

                /** TraceStep verdict. */
                verdict: string;

                /** TraceStep reason. */
                reason: string;

                /** TraceStep device. */
                device: string;

                /** TraceStep leftBy. */
                leftBy: string;

                /** TraceStep guest. */
                guest: string;

                /** TraceStep peer. */
                peer: string;

                /** TraceStep encapsulation. */
                encapsulation: string;

                /** TraceStep mapping. */
                mapping: string;

                /** TraceStep length. */
                length: number;

                /** TraceStep generation. */
                generation: number;

                /** TraceStep outer. */
                outer: string;

                /**
                 * Creates a new TraceStep instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns TraceStep instance
                 */
                static create(properties: weft.control.v1.TraceStep.$Shape): weft.control.v1.TraceStep & weft.control.v1.TraceStep.$Shape;
                static create(properties?: weft.control.v1.TraceStep.$Properties): weft.control.v1.TraceStep;

                /**
                 * Encodes the specified TraceStep message. Does not implicitly {@link weft.control.v1.TraceStep.verify|verify} messages.
                 * @param message TraceStep message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.TraceStep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a TraceStep message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.TraceStep & weft.control.v1.TraceStep.$Shape} TraceStep
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.TraceStep & weft.control.v1.TraceStep.$Shape;

                /**
                 * Creates a TraceStep message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns TraceStep
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.TraceStep;

                /**
                 * Creates a plain object from a TraceStep message. Also converts values to other types if specified.
                 * @param message TraceStep
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.TraceStep, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this TraceStep to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace TraceStep {

                /** Properties of a TraceStep. */
                interface $Properties {

                    /** TraceStep timeUs */
                    timeUs?: (number|null);

                    /** TraceStep executor */
                    executor?: (string|null);

                    /** TraceStep program */
                    program?: (string|null);

                    /** TraceStep side */
                    side?: (string|null);

                    /** TraceStep verdict */
                    verdict?: (string|null);

                    /** TraceStep reason */
                    reason?: (string|null);

                    /** TraceStep device */
                    device?: (string|null);

                    /** TraceStep leftBy */
                    leftBy?: (string|null);

                    /** TraceStep guest */
                    guest?: (string|null);

                    /** TraceStep peer */
                    peer?: (string|null);

                    /** TraceStep encapsulation */
                    encapsulation?: (string|null);

                    /** TraceStep mapping */
                    mapping?: (string|null);

                    /** TraceStep length */
                    length?: (number|null);

                    /** TraceStep generation */
                    generation?: (number|null);

                    /** TraceStep outer */
                    outer?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a TraceStep. */
                type $Shape = weft.control.v1.TraceStep.$Properties;
            }

            /**
             * Properties of a CertificateRequest.
             * @deprecated Use weft.control.v1.CertificateRequest.$Properties instead.
             */
            interface ICertificateRequest extends weft.control.v1.CertificateRequest.$Properties {
            }

            /** Represents a CertificateRequest. */
            class CertificateRequest {

                /**
                 * Constructs a new CertificateRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.CertificateRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CertificateRequest request. */
                request: Uint8Array;

                /**
                 * Creates a new CertificateRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CertificateRequest instance
                 */
                static create(properties: weft.control.v1.CertificateRequest.$Shape): weft.control.v1.CertificateRequest & weft.control.v1.CertificateRequest.$Shape;
                static create(properties?: weft.control.v1.CertificateRequest.$Properties): weft.control.v1.CertificateRequest;

                /**
                 * Encodes the specified CertificateRequest message. Does not implicitly {@link weft.control.v1.CertificateRequest.verify|verify} messages.
                 * @param message CertificateRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.CertificateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CertificateRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.CertificateRequest & weft.control.v1.CertificateRequest.$Shape} CertificateRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.CertificateRequest & weft.control.v1.CertificateRequest.$Shape;

                /**
                 * Creates a CertificateRequest message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns CertificateRequest
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.CertificateRequest;

                /**
                 * Creates a plain object from a CertificateRequest message. Also converts values to other types if specified.
                 * @param message CertificateRequest
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.CertificateRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this CertificateRequest to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace CertificateRequest {

                /** Properties of a CertificateRequest. */
                interface $Properties {

                    /** CertificateRequest request */
                    request?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CertificateRequest. */
                type $Shape = weft.control.v1.CertificateRequest.$Properties;
            }

            /**
             * Properties of a ControllerMessage.
             * @deprecated Use weft.control.v1.ControllerMessage.$Properties instead.
             */
            interface IControllerMessage extends weft.control.v1.ControllerMessage.$Properties {
            }

            /** Represents a ControllerMessage. */
            class ControllerMessage {

                /**
                 * Constructs a new ControllerMessage.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.ControllerMessage.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ControllerMessage sequence. */
                sequence: number;

                /** ControllerMessage epoch. */
                epoch: number;

                /** ControllerMessage welcome. */
                welcome?: (weft.control.v1.Welcome.$Properties|null);

                /** ControllerMessage heartbeatReply. */
                heartbeatReply?: (weft.control.v1.HeartbeatReply.$Properties|null);

                /** ControllerMessage update. */
                update?: (weft.control.v1.Update.$Properties|null);

                /** ControllerMessage rotateKeys. */
                rotateKeys?: (weft.control.v1.RotateKeys.$Properties|null);

                /** ControllerMessage trace. */
                trace?: (weft.control.v1.Trace.$Properties|null);

                /** ControllerMessage certificate. */
                certificate?: (weft.control.v1.Certificate.$Properties|null);

                /** ControllerMessage body. */
                body?: ("welcome"|"heartbeatReply"|"update"|"rotateKeys"|"trace"|"certificate");

                /**
                 * Creates a new ControllerMessage instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ControllerMessage instance
                 */
                static create(properties: weft.control.v1.ControllerMessage.$Shape): weft.control.v1.ControllerMessage & weft.control.v1.ControllerMessage.$Shape;
                static create(properties?: weft.control.v1.ControllerMessage.$Properties): weft.control.v1.ControllerMessage;

                /**
                 * Encodes the specified ControllerMessage message. Does not implicitly {@link weft.control.v1.ControllerMessage.verify|verify} messages.
                 * @param message ControllerMessage message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.ControllerMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ControllerMessage message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.ControllerMessage & weft.control.v1.ControllerMessage.$Shape} ControllerMessage
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.ControllerMessage & weft.control.v1.ControllerMessage.$Shape;

                /**
                 * Creates a ControllerMessage message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns ControllerMessage
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.ControllerMessage;

                /**
                 * Creates a plain object from a ControllerMessage message. Also converts values to other types if specified.
                 * @param message ControllerMessage
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.ControllerMessage, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this ControllerMessage to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace ControllerMessage {

                /** Properties of a ControllerMessage. */
                interface $Properties {

                    /** ControllerMessage sequence */
                    sequence?: (number|null);

                    /** ControllerMessage epoch */
                    epoch?: (number|null);

                    /** ControllerMessage welcome */
                    welcome?: (weft.control.v1.Welcome.$Properties|null);

                    /** ControllerMessage heartbeatReply */
                    heartbeatReply?: (weft.control.v1.HeartbeatReply.$Properties|null);

                    /** ControllerMessage update */
                    update?: (weft.control.v1.Update.$Properties|null);

                    /** ControllerMessage rotateKeys */
                    rotateKeys?: (weft.control.v1.RotateKeys.$Properties|null);

                    /** ControllerMessage trace */
                    trace?: (weft.control.v1.Trace.$Properties|null);

                    /** ControllerMessage certificate */
                    certificate?: (weft.control.v1.Certificate.$Properties|null);

                    /** ControllerMessage body */
                    body?: ("welcome"|"heartbeatReply"|"update"|"rotateKeys"|"trace"|"certificate");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ControllerMessage. */
                type $Shape = {
                  sequence?: number|null;
                  epoch?: number|null;
                  welcome?: weft.control.v1.Welcome.$Shape|null;
                  heartbeatReply?: weft.control.v1.HeartbeatReply.$Shape|null;
                  update?: weft.control.v1.Update.$Shape|null;
                  rotateKeys?: weft.control.v1.RotateKeys.$Shape|null;
                  trace?: weft.control.v1.Trace.$Shape|null;
                  certificate?: weft.control.v1.Certificate.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; welcome?: null; heartbeatReply?: null; update?: null; rotateKeys?: null; trace?: null; certificate?: null }|{ body?: "welcome"; welcome: weft.control.v1.Welcome.$Shape; heartbeatReply?: null; update?: null; rotateKeys?: null; trace?: null; certificate?: null }|{ body?: "heartbeatReply"; welcome?: null; heartbeatReply: weft.control.v1.HeartbeatReply.$Shape; update?: null; rotateKeys?: null; trace?: null; certificate?: null }|{ body?: "update"; welcome?: null; heartbeatReply?: null; update: weft.control.v1.Update.$Shape; rotateKeys?: null; trace?: null; certificate?: null }|{ body?: "rotateKeys"; welcome?: null; heartbeatReply?: null; update?: null; rotateKeys: weft.control.v1.RotateKeys.$Shape; trace?: null; certificate?: null }|{ body?: "trace"; welcome?: null; heartbeatReply?: null; update?: null; rotateKeys?: null; trace: weft.control.v1.Trace.$Shape; certificate?: null }|{ body?: "certificate"; welcome?: null; heartbeatReply?: null; update?: null; rotateKeys?: null; trace?: null; certificate: weft.control.v1.Certificate.$Shape })
                );
            }

            /**
             * Properties of a Welcome.
             * @deprecated Use weft.control.v1.Welcome.$Properties instead.
             */
            interface IWelcome extends weft.control.v1.Welcome.$Properties {
            }

            /** Represents a Welcome. */
            class Welcome {

                /**
                 * Constructs a new Welcome.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Welcome.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Welcome controller. */
                controller: string;

                /** Welcome controllerVersion. */
                controllerVersion: string;

                /** Welcome heartbeatMs. */
                heartbeatMs: number;

                /** Welcome deadlineMs. */
                deadlineMs: number;

                /** Welcome store. */
                store: string;

                /**
                 * Creates a new Welcome instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Welcome instance
                 */
                static create(properties: weft.control.v1.Welcome.$Shape): weft.control.v1.Welcome & weft.control.v1.Welcome.$Shape;
                static create(properties?: weft.control.v1.Welcome.$Properties): weft.control.v1.Welcome;

                /**
                 * Encodes the specified Welcome message. Does not implicitly {@link weft.control.v1.Welcome.verify|verify} messages.
                 * @param message Welcome message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Welcome message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Welcome & weft.control.v1.Welcome.$Shape} Welcome
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Welcome & weft.control.v1.Welcome.$Shape;

                /**
                 * Creates a Welcome message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Welcome
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Welcome;

                /**
                 * Creates a plain object from a Welcome message. Also converts values to other types if specified.
                 * @param message Welcome
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Welcome, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Welcome to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Welcome {

                /** Properties of a Welcome. */
                interface $Properties {

                    /** Welcome controller */
                    controller?: (string|null);

                    /** Welcome controllerVersion */
                    controllerVersion?: (string|null);

                    /** Welcome heartbeatMs */
                    heartbeatMs?: (number|null);

                    /** Welcome deadlineMs */
                    deadlineMs?: (number|null);

                    /** Welcome store */
                    store?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Welcome. */
                type $Shape = weft.control.v1.Welcome.$Properties;
            }

            /**
             * Properties of a HeartbeatReply.
             * @deprecated Use weft.control.v1.HeartbeatReply.$Properties instead.
             */
            interface IHeartbeatReply extends weft.control.v1.HeartbeatReply.$Properties {
            }

            /** Represents a HeartbeatReply. */
            class HeartbeatReply {

                /**
                 * Constructs a new HeartbeatReply.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.HeartbeatReply.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HeartbeatReply number. */
                number: number;

                /**
                 * Creates a new HeartbeatReply instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HeartbeatReply instance
                 */
                static create(properties: weft.control.v1.HeartbeatReply.$Shape): weft.control.v1.HeartbeatReply & weft.control.v1.HeartbeatReply.$Shape;
                static create(properties?: weft.control.v1.HeartbeatReply.$Properties): weft.control.v1.HeartbeatReply;

                /**
                 * Encodes the specified HeartbeatReply message. Does not implicitly {@link weft.control.v1.HeartbeatReply.verify|verify} messages.
                 * @param message HeartbeatReply message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.HeartbeatReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HeartbeatReply message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.HeartbeatReply & weft.control.v1.HeartbeatReply.$Shape} HeartbeatReply
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.HeartbeatReply & weft.control.v1.HeartbeatReply.$Shape;

                /**
                 * Creates a HeartbeatReply message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns HeartbeatReply
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.HeartbeatReply;

                /**
                 * Creates a plain object from a HeartbeatReply message. Also converts values to other types if specified.
                 * @param message HeartbeatReply
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.HeartbeatReply, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this HeartbeatReply to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace HeartbeatReply {

                /** Properties of a HeartbeatReply. */
                interface $Properties {

                    /** HeartbeatReply number */
                    number?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HeartbeatReply. */
                type $Shape = weft.control.v1.HeartbeatReply.$Properties;
            }

            /**
             * Properties of a RotateKeys.
             * @deprecated Use weft.control.v1.RotateKeys.$Properties instead.
             */
            interface IRotateKeys extends weft.control.v1.RotateKeys.$Properties {
            }

            /** Represents a RotateKeys. */
            class RotateKeys {

                /**
                 * Constructs a new RotateKeys.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.RotateKeys.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /**
                 * Creates a new RotateKeys instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns RotateKeys instance
                 */
                static create(properties: weft.control.v1.RotateKeys.$Shape): weft.control.v1.RotateKeys & weft.control.v1.RotateKeys.$Shape;
                static create(properties?: weft.control.v1.RotateKeys.$Properties): weft.control.v1.RotateKeys;

                /**
                 * Encodes the specified RotateKeys message. Does not implicitly {@link weft.control.v1.RotateKeys.verify|verify} messages.
                 * @param message RotateKeys message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.RotateKeys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a RotateKeys message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.RotateKeys & weft.control.v1.RotateKeys.$Shape} RotateKeys
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.RotateKeys & weft.control.v1.RotateKeys.$Shape;

                /**
                 * Creates a RotateKeys message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns RotateKeys
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.RotateKeys;

                /**
                 * Creates a plain object from a RotateKeys message. Also converts values to other types if specified.
                 * @param message RotateKeys
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.RotateKeys, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this RotateKeys to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace RotateKeys {

                /** Properties of a RotateKeys. */
                interface $Properties {

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a RotateKeys. */
                type $Shape = weft.control.v1.RotateKeys.$Properties;
            }

            /**
             * Properties of a Certificate.
             * @deprecated Use weft.control.v1.Certificate.$Properties instead.
             */
            interface ICertificate extends weft.control.v1.Certificate.$Properties {
            }

            /** Represents a Certificate. */
            class Certificate {

                /**
                 * Constructs a new Certificate.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Certificate.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Certificate certificate. */
                certificate: string;

                /** Certificate authority. */
                authority: string;

                /** Certificate problem. */
                problem: string;

                /**
                 * Creates a new Certificate instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Certificate instance
                 */
                static create(properties: weft.control.v1.Certificate.$Shape): weft.control.v1.Certificate & weft.control.v1.Certificate.$Shape;
                static create(properties?: weft.control.v1.Certificate.$Properties): weft.control.v1.Certificate;

                /**
                 * Encodes the specified Certificate message. Does not implicitly {@link weft.control.v1.Certificate.verify|verify} messages.
                 * @param message Certificate message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Certificate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Certificate message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Certificate & weft.control.v1.Certificate.$Shape} Certificate
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Certificate & weft.control.v1.Certificate.$Shape;

                /**
                 * Creates a Certificate message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Certificate
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Certificate;

                /**
                 * Creates a plain object from a Certificate message. Also converts values to other types if specified.
                 * @param message Certificate
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Certificate, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Certificate to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Certificate {

                /** Properties of a Certificate. */
                interface $Properties {

                    /** Certificate certificate */
                    certificate?: (string|null);

                    /** Certificate authority */
                    authority?: (string|null);

                    /** Certificate problem */
                    problem?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Certificate. */
                type $Shape = weft.control.v1.Certificate.$Properties;
            }

            /**
             * Properties of a Trace.
             * @deprecated Use weft.control.v1.Trace.$Properties instead.
             */
            interface ITrace extends weft.control.v1.Trace.$Properties {
            }

            /** Represents a Trace. */
            class Trace {

                /**
                 * Constructs a new Trace.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Trace.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Trace trace. */
                trace: number;

                /** Trace gni. */
                gni: number;

                /** Trace source. */
                source: Uint8Array;

                /** Trace destination. */
                destination: Uint8Array;

                /** Trace waitMs. */
                waitMs: number;

                /** Trace echo. */
                echo: number;

                /** Trace inject. */
                inject: string;

                /** Trace dryRun. */
                dryRun: boolean;

                /**
                 * Creates a new Trace instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Trace instance
                 */
                static create(properties: weft.control.v1.Trace.$Shape): weft.control.v1.Trace & weft.control.v1.Trace.$Shape;
                static create(properties?: weft.control.v1.Trace.$Properties): weft.control.v1.Trace;

                /**
                 * Encodes the specified Trace message. Does not implicitly {@link weft.control.v1.Trace.verify|verify} messages.
                 * @param message Trace message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Trace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Trace message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Trace & weft.control.v1.Trace.$Shape} Trace
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Trace & weft.control.v1.Trace.$Shape;

                /**
                 * Creates a Trace message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Trace
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Trace;

                /**
                 * Creates a plain object from a Trace message. Also converts values to other types if specified.
                 * @param message Trace
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Trace, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Trace to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Trace {

                /** Properties of a Trace. */
                interface $Properties {

                    /** Trace trace */
                    trace?: (number|null);

                    /** Trace gni */
                    gni?: (number|null);

                    /** Trace source */
                    source?: (Uint8Array|null);

                    /** Trace destination */
                    destination?: (Uint8Array|null);

                    /** Trace waitMs */
                    waitMs?: (number|null);

                    /** Trace echo */
                    echo?: (number|null);

                    /** Trace inject */
                    inject?: (string|null);

                    /** Trace dryRun */
                    dryRun?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Trace. */
                type $Shape = weft.control.v1.Trace.$Properties;
            }

            /**
             * Properties of an Update.
             * @deprecated Use weft.control.v1.Update.$Properties instead.
             */
            interface IUpdate extends weft.control.v1.Update.$Properties {
            }

            /** Represents an Update. */
            class Update {

                /**
                 * Constructs a new Update.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Update.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Update number. */
                number: number;

                /** Update set. */
                set: weft.control.v1.Resource.$Properties[];

                /** Update removed. */
                removed: weft.control.v1.ResourceName.$Properties[];

                /**
                 * Creates a new Update instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Update instance
                 */
                static create(properties: weft.control.v1.Update.$Shape): weft.control.v1.Update & weft.control.v1.Update.$Shape;
                static create(properties?: weft.control.v1.Update.$Properties): weft.control.v1.Update;

                /**
                 * Encodes the specified Update message. Does not implicitly {@link weft.control.v1.Update.verify|verify} messages.
                 * @param message Update message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Update.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Update message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Update & weft.control.v1.Update.$Shape} Update
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Update & weft.control.v1.Update.$Shape;

                /**
                 * Creates an Update message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Update
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Update;

                /**
                 * Creates a plain object from an Update message. Also converts values to other types if specified.
                 * @param message Update
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Update, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Update to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Update {

                /** Properties of an Update. */
                interface $Properties {

                    /** Update number */
                    number?: (number|null);

                    /** Update set */
                    set?: (weft.control.v1.Resource.$Properties[]|null);

                    /** Update removed */
                    removed?: (weft.control.v1.ResourceName.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Update. */
                type $Shape = {
                  number?: number|null;
                  set?: weft.control.v1.Resource.$Shape[]|null;
                  removed?: weft.control.v1.ResourceName.$Shape[]|null;
                  $unknowns?: Uint8Array[];
                };
            }

            /**
             * Properties of a ResourceName.
             * @deprecated Use weft.control.v1.ResourceName.$Properties instead.
             */
            interface IResourceName extends weft.control.v1.ResourceName.$Properties {
            }

            /** Represents a ResourceName. */
            class ResourceName {

                /**
                 * Constructs a new ResourceName.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.ResourceName.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ResourceName type. */
                type: weft.control.v1.ResourceName.Type;

                /** ResourceName key. */
                key: string;

                /**
                 * Creates a new ResourceName instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ResourceName instance
                 */
                static create(properties: weft.control.v1.ResourceName.$Shape): weft.control.v1.ResourceName & weft.control.v1.ResourceName.$Shape;
                static create(properties?: weft.control.v1.ResourceName.$Properties): weft.control.v1.ResourceName;

                /**
                 * Encodes the specified ResourceName message. Does not implicitly {@link weft.control.v1.ResourceName.verify|verify} messages.
                 * @param message ResourceName message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.ResourceName.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ResourceName message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.ResourceName & weft.control.v1.ResourceName.$Shape} ResourceName
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.ResourceName & weft.control.v1.ResourceName.$Shape;

                /**
                 * Creates a ResourceName message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns ResourceName
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.ResourceName;

                /**
                 * Creates a plain object from a ResourceName message. Also converts values to other types if specified.
                 * @param message ResourceName
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.ResourceName, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this ResourceName to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace ResourceName {

                /** Properties of a ResourceName. */
                interface $Properties {

                    /** ResourceName type */
                    type?: (weft.control.v1.ResourceName.Type|null);

                    /** ResourceName key */
                    key?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ResourceName. */
                type $Shape = weft.control.v1.ResourceName.$Properties;

                /** Type enum. */
                enum Type {

                    /** NONE value */
                    NONE = 0,

                    /** NETWORK value */
                    NETWORK = 1,

                    /** GUEST value */
                    GUEST = 2,

                    /** SESSION value */
                    SESSION = 3,

                    /** MAPPING value */
                    MAPPING = 4
                }
            }

            /**
             * Properties of a MappingName.
             * @deprecated Use weft.control.v1.MappingName.$Properties instead.
             */
            interface IMappingName extends weft.control.v1.MappingName.$Properties {
            }

            /** Represents a MappingName. */
            class MappingName {

                /**
                 * Constructs a new MappingName.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.MappingName.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** MappingName gni. */
                gni: number;

                /** MappingName address. */
                address: Uint8Array;

                /**
                 * Creates a new MappingName instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns MappingName instance
                 */
                static create(properties: weft.control.v1.MappingName.$Shape): weft.control.v1.MappingName & weft.control.v1.MappingName.$Shape;
                static create(properties?: weft.control.v1.MappingName.$Properties): weft.control.v1.MappingName;

                /**
                 * Encodes the specified MappingName message. Does not implicitly {@link weft.control.v1.MappingName.verify|verify} messages.
                 * @param message MappingName message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.MappingName.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a MappingName message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.MappingName & weft.control.v1.MappingName.$Shape} MappingName
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.MappingName & weft.control.v1.MappingName.$Shape;

                /**
                 * Creates a MappingName message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns MappingName
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.MappingName;

                /**
                 * Creates a plain object from a MappingName message. Also converts values to other types if specified.
                 * @param message MappingName
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.MappingName, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this MappingName to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace MappingName {

                /** Properties of a MappingName. */
                interface $Properties {

                    /** MappingName gni */
                    gni?: (number|null);

                    /** MappingName address */
                    address?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a MappingName. */
                type $Shape = weft.control.v1.MappingName.$Properties;
            }

            /**
             * Properties of a Resource.
             * @deprecated Use weft.control.v1.Resource.$Properties instead.
             */
            interface IResource extends weft.control.v1.Resource.$Properties {
            }

            /** Represents a Resource. */
            class Resource {

                /**
                 * Constructs a new Resource.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Resource.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Resource name. */
                name?: (weft.control.v1.ResourceName.$Properties|null);

                /** Resource version. */
                version: string;

                /** Resource network. */
                network?: (weft.control.v1.Network.$Properties|null);

                /** Resource guest. */
                guest?: (weft.control.v1.Guest.$Properties|null);

                /** Resource session. */
                session?: (weft.control.v1.Session.$Properties|null);

                /** Resource mapping. */
                mapping?: (weft.control.v1.Mapping.$Properties|null);

                /** Resource body. */
                body?: ("network"|"guest"|"session"|"mapping");

                /**
                 * Creates a new Resource instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Resource instance
                 */
                static create(properties: weft.control.v1.Resource.$Shape): weft.control.v1.Resource & weft.control.v1.Resource.$Shape;
                static create(properties?: weft.control.v1.Resource.$Properties): weft.control.v1.Resource;

                /**
                 * Encodes the specified Resource message. Does not implicitly {@link weft.control.v1.Resource.verify|verify} messages.
                 * @param message Resource message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Resource.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Resource message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Resource & weft.control.v1.Resource.$Shape} Resource
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Resource & weft.control.v1.Resource.$Shape;

                /**
                 * Creates a Resource message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Resource
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Resource;

                /**
                 * Creates a plain object from a Resource message. Also converts values to other types if specified.
                 * @param message Resource
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Resource, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Resource to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Resource {

                /** Properties of a Resource. */
                interface $Properties {

                    /** Resource name */
                    name?: (weft.control.v1.ResourceName.$Properties|null);

                    /** Resource version */
                    version?: (string|null);

                    /** Resource network */
                    network?: (weft.control.v1.Network.$Properties|null);

                    /** Resource guest */
                    guest?: (weft.control.v1.Guest.$Properties|null);

                    /** Resource session */
                    session?: (weft.control.v1.Session.$Properties|null);

                    /** Resource mapping */
                    mapping?: (weft.control.v1.Mapping.$Properties|null);

                    /** Resource body */
                    body?: ("network"|"guest"|"session"|"mapping");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a Resource. */
                type $Shape = {
                  name?: weft.control.v1.ResourceName.$Shape|null;
                  version?: string|null;
                  network?: weft.control.v1.Network.$Shape|null;
                  guest?: weft.control.v1.Guest.$Shape|null;
                  session?: weft.control.v1.Session.$Shape|null;
                  mapping?: weft.control.v1.Mapping.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; network?: null; guest?: null; session?: null; mapping?: null }|{ body?: "network"; network: weft.control.v1.Network.$Shape; guest?: null; session?: null; mapping?: null }|{ body?: "guest"; network?: null; guest: weft.control.v1.Guest.$Shape; session?: null; mapping?: null }|{ body?: "session"; network?: null; guest?: null; session: weft.control.v1.Session.$Shape; mapping?: null }|{ body?: "mapping"; network?: null; guest?: null; session?: null; mapping: weft.control.v1.Mapping.$Shape })
                );
            }

            /**
             * Properties of a Network.
             * @deprecated Use weft.control.v1.Network.$Properties instead.
             */
            interface INetwork extends weft.control.v1.Network.$Properties {
            }

            /** Represents a Network. */
            class Network {

                /**
                 * Constructs a new Network.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Network.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Network gni. */
                gni: number;

                /** Network name. */
                name: string;

                /** Network prefixes. */
                prefixes: weft.control.v1.Prefix.$Properties[];

                /**
                 * Creates a new Network instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Network instance
                 */
                static create(properties: weft.control.v1.Network.$Shape): weft.control.v1.Network & weft.control.v1.Network.$Shape;
                static create(properties?: weft.control.v1.Network.$Properties): weft.control.v1.Network;

                /**
                 * Encodes the specified Network message. Does not implicitly {@link weft.control.v1.Network.verify|verify} messages.
                 * @param message Network message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Network.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Network message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Network & weft.control.v1.Network.$Shape} Network
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Network & weft.control.v1.Network.$Shape;

                /**
                 * Creates a Network message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Network
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Network;

                /**
                 * Creates a plain object from a Network message. Also converts values to other types if specified.
                 * @param message Network
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Network, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Network to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Network {

                /** Properties of a Network. */
                interface $Properties {

                    /** Network gni */
                    gni?: (number|null);

                    /** Network name */
                    name?: (string|null);

                    /** Network prefixes */
                    prefixes?: (weft.control.v1.Prefix.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Network. */
                type $Shape = weft.control.v1.Network.$Properties;
            }

            /**
             * Properties of a Prefix.
             * @deprecated Use weft.control.v1.Prefix.$Properties instead.
             */
            interface IPrefix extends weft.control.v1.Prefix.$Properties {
            }

            /** Represents a Prefix. */
            class Prefix {

                /**
                 * Constructs a new Prefix.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Prefix.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Prefix address. */
                address: Uint8Array;

                /** Prefix length. */
                length: number;

                /**
                 * Creates a new Prefix instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Prefix instance
                 */
                static create(properties: weft.control.v1.Prefix.$Shape): weft.control.v1.Prefix & weft.control.v1.Prefix.$Shape;
                static create(properties?: weft.control.v1.Prefix.$Properties): weft.control.v1.Prefix;

                /**
                 * Encodes the specified Prefix message. Does not implicitly {@link weft.control.v1.Prefix.verify|verify} messages.
                 * @param message Prefix message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Prefix.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Prefix message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Prefix & weft.control.v1.Prefix.$Shape} Prefix
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Prefix & weft.control.v1.Prefix.$Shape;

                /**
                 * Creates a Prefix message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Prefix
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Prefix;

                /**
                 * Creates a plain object from a Prefix message. Also converts values to other types if specified.
                 * @param message Prefix
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Prefix, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Prefix to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Prefix {

                /** Properties of a Prefix. */
                interface $Properties {

                    /** Prefix address */
                    address?: (Uint8Array|null);

                    /** Prefix length */
                    length?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Prefix. */
                type $Shape = weft.control.v1.Prefix.$Properties;
            }

            /**
             * Properties of a Guest.
             * @deprecated Use weft.control.v1.Guest.$Properties instead.
             */
            interface IGuest extends weft.control.v1.Guest.$Properties {
            }

            /** Represents a Guest. */
            class Guest {

                /**
                 * Constructs a new Guest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Guest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Guest name. */
                name: string;

                /** Guest gni. */
                gni: number;

                /** Guest addresses. */
                addresses: weft.control.v1.Prefix.$Properties[];

                /** Guest command. */
                command: string[];

                /** Guest incarnation. */
                incarnation: number;

                /** Guest port. */
                port: string;

                /**
                 * Creates a new Guest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Guest instance
                 */
                static create(properties: weft.control.v1.Guest.$Shape): weft.control.v1.Guest & weft.control.v1.Guest.$Shape;
                static create(properties?: weft.control.v1.Guest.$Properties): weft.control.v1.Guest;

                /**
                 * Encodes the specified Guest message. Does not implicitly {@link weft.control.v1.Guest.verify|verify} messages.
                 * @param message Guest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Guest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Guest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Guest & weft.control.v1.Guest.$Shape} Guest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Guest & weft.control.v1.Guest.$Shape;

                /**
                 * Creates a Guest message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Guest
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Guest;

                /**
                 * Creates a plain object from a Guest message. Also converts values to other types if specified.
                 * @param message Guest
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Guest, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Guest to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Guest {

                /** Properties of a Guest. */
                interface $Properties {

                    /** Guest name */
                    name?: (string|null);

                    /** Guest gni */
                    gni?: (number|null);

                    /** Guest addresses */
                    addresses?: (weft.control.v1.Prefix.$Properties[]|null);

                    /** Guest command */
                    command?: (string[]|null);

                    /** Guest incarnation */
                    incarnation?: (number|null);

                    /** Guest port */
                    port?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Guest. */
                type $Shape = weft.control.v1.Guest.$Properties;
            }

            /**
             * Properties of a Session.
             * @deprecated Use weft.control.v1.Session.$Properties instead.
             */
            interface ISession extends weft.control.v1.Session.$Properties {
            }

            /** Represents a Session. */
            class Session {

                /**
                 * Constructs a new Session.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Session.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Session peer. */
                peer: string;

                /** Session address. */
                address: Uint8Array;

                /** Session udpPort. */
                udpPort: number;

                /** Session send. */
                send: string;

                /** Session accept. */
                accept: string[];

                /** Session generation. */
                generation: number;

                /** Session reasons. */
                reasons: string[];

                /** Session none. */
                none: boolean;

                /** Session peerIdentity. */
                peerIdentity: Uint8Array;

                /** Session peerKeys. */
                peerKeys: weft.control.v1.HostKey.$Properties[];

                /** Session pairs. */
                pairs: weft.control.v1.PairTerms.$Properties[];

                /** Session peerGni6Prefix. */
                peerGni6Prefix: Uint8Array;

                /**
                 * Creates a new Session instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Session instance
                 */
                static create(properties: weft.control.v1.Session.$Shape): weft.control.v1.Session & weft.control.v1.Session.$Shape;
                static create(properties?: weft.control.v1.Session.$Properties): weft.control.v1.Session;

                /**
                 * Encodes the specified Session message. Does not implicitly {@link weft.control.v1.Session.verify|verify} messages.
                 * @param message Session message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Session.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Session message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Session & weft.control.v1.Session.$Shape} Session
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Session & weft.control.v1.Session.$Shape;

                /**
                 * Creates a Session message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Session
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Session;

                /**
                 * Creates a plain object from a Session message. Also converts values to other types if specified.
                 * @param message Session
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Session, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Session to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Session {

                /** Properties of a Session. */
                interface $Properties {

                    /** Session peer */
                    peer?: (string|null);

                    /** Session address */
                    address?: (Uint8Array|null);

                    /** Session udpPort */
                    udpPort?: (number|null);

                    /** Session send */
                    send?: (string|null);

                    /** Session accept */
                    accept?: (string[]|null);

                    /** Session generation */
                    generation?: (number|null);

                    /** Session reasons */
                    reasons?: (string[]|null);

                    /** Session none */
                    none?: (boolean|null);

                    /** Session peerIdentity */
                    peerIdentity?: (Uint8Array|null);

                    /** Session peerKeys */
                    peerKeys?: (weft.control.v1.HostKey.$Properties[]|null);

                    /** Session pairs */
                    pairs?: (weft.control.v1.PairTerms.$Properties[]|null);

                    /** Session peerGni6Prefix */
                    peerGni6Prefix?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Session. */
                type $Shape = weft.control.v1.Session.$Properties;
            }

            /**
             * Properties of a PairTerms.
             * @deprecated Use weft.control.v1.PairTerms.$Properties instead.
             */
            interface IPairTerms extends weft.control.v1.PairTerms.$Properties {
            }

            /** Represents a PairTerms. */
            class PairTerms {

                /**
                 * Constructs a new PairTerms.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.PairTerms.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** PairTerms gni. */
                gni: number;

                /** PairTerms own. */
                own: Uint8Array;

                /** PairTerms theirs. */
                theirs: Uint8Array;

                /** PairTerms send. */
                send: string;

                /** PairTerms accept. */
                accept: string[];

                /** PairTerms none. */
                none: boolean;

                /**
                 * Creates a new PairTerms instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns PairTerms instance
                 */
                static create(properties: weft.control.v1.PairTerms.$Shape): weft.control.v1.PairTerms & weft.control.v1.PairTerms.$Shape;
                static create(properties?: weft.control.v1.PairTerms.$Properties): weft.control.v1.PairTerms;

                /**
                 * Encodes the specified PairTerms message. Does not implicitly {@link weft.control.v1.PairTerms.verify|verify} messages.
                 * @param message PairTerms message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.PairTerms.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a PairTerms message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.PairTerms & weft.control.v1.PairTerms.$Shape} PairTerms
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.PairTerms & weft.control.v1.PairTerms.$Shape;

                /**
                 * Creates a PairTerms message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns PairTerms
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.PairTerms;

                /**
                 * Creates a plain object from a PairTerms message. Also converts values to other types if specified.
                 * @param message PairTerms
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.PairTerms, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this PairTerms to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace PairTerms {

                /** Properties of a PairTerms. */
                interface $Properties {

                    /** PairTerms gni */
                    gni?: (number|null);

                    /** PairTerms own */
                    own?: (Uint8Array|null);

                    /** PairTerms theirs */
                    theirs?: (Uint8Array|null);

                    /** PairTerms send */
                    send?: (string|null);

                    /** PairTerms accept */
                    accept?: (string[]|null);

                    /** PairTerms none */
                    none?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a PairTerms. */
                type $Shape = weft.control.v1.PairTerms.$Properties;
            }

            /**
             * Properties of a Mapping.
             * @deprecated Use weft.control.v1.Mapping.$Properties instead.
             */
            interface IMapping extends weft.control.v1.Mapping.$Properties {
            }

            /** Represents a Mapping. */
            class Mapping {

                /**
                 * Constructs a new Mapping.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: weft.control.v1.Mapping.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Mapping gni. */
                gni: number;

                /** Mapping address. */
                address: Uint8Array;

                /** Mapping host. */
                host: string;

                /** Mapping guest. */
                guest: string;

                /** Mapping version. */
                version: number;

                /** Mapping mac. */
                mac: Uint8Array;

                /**
                 * Creates a new Mapping instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Mapping instance
                 */
                static create(properties: weft.control.v1.Mapping.$Shape): weft.control.v1.Mapping & weft.control.v1.Mapping.$Shape;
                static create(properties?: weft.control.v1.Mapping.$Properties): weft.control.v1.Mapping;

                /**
                 * Encodes the specified Mapping message. Does not implicitly {@link weft.control.v1.Mapping.verify|verify} messages.
                 * @param message Mapping message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: weft.control.v1.Mapping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Mapping message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {weft.control.v1.Mapping & weft.control.v1.Mapping.$Shape} Mapping
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): weft.control.v1.Mapping & weft.control.v1.Mapping.$Shape;

                /**
                 * Creates a Mapping message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Mapping
                 */
                static fromObject(object: { [k: string]: any }): weft.control.v1.Mapping;

                /**
                 * Creates a plain object from a Mapping message. Also converts values to other types if specified.
                 * @param message Mapping
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: weft.control.v1.Mapping, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Mapping to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };
            }

            namespace Mapping {

                /** Properties of a Mapping. */
                interface $Properties {

                    /** Mapping gni */
                    gni?: (number|null);

                    /** Mapping address */
                    address?: (Uint8Array|null);

                    /** Mapping host */
                    host?: (string|null);

                    /** Mapping guest */
                    guest?: (string|null);

                    /** Mapping version */
                    version?: (number|null);

                    /** Mapping mac */
                    mac?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Mapping. */
                type $Shape = weft.control.v1.Mapping.$Properties;
            }
        }
    }
}
