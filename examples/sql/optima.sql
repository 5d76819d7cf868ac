-- A made-up piece of an ERP's database, in the manner of Comarch ERP Optima: its kind of names, a few columns of each
-- table, invented rows. It is there to try optima.toml on PostgreSQL and on MariaDB; a real one has hundreds of tables.

CREATE SCHEMA CDN;

CREATE TABLE CDN.Towary (
  Twr_TwrId SERIAL PRIMARY KEY,
  Twr_Kod VARCHAR(50) NOT NULL UNIQUE,
  Twr_Nazwa VARCHAR(255) NOT NULL,
  Twr_EAN VARCHAR(40),
  Twr_JM VARCHAR(20) NOT NULL DEFAULT 'szt.',
  Twr_Typ INTEGER NOT NULL DEFAULT 1,
  Twr_Stawka DECIMAL(15, 2) NOT NULL DEFAULT 23,
  Twr_NieAktywny INTEGER NOT NULL DEFAULT 0,
  Twr_TS_Mod TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3)
);

CREATE TABLE CDN.TwrCeny (
  TwC_TwCId SERIAL PRIMARY KEY,
  TwC_TwrId INTEGER NOT NULL,
  TwC_Nazwa VARCHAR(20) NOT NULL,
  TwC_Typ INTEGER NOT NULL,
  TwC_Waluta CHAR(5) NOT NULL DEFAULT 'PLN',
  TwC_Wartosc DECIMAL(15, 4) NOT NULL
);

CREATE TABLE CDN.Magazyny (
  Mag_MagId SERIAL PRIMARY KEY,
  Mag_Symbol VARCHAR(20) NOT NULL
);

CREATE TABLE CDN.TwrIlosci (
  TwI_TwrId INTEGER NOT NULL,
  TwI_MagId INTEGER NOT NULL,
  TwI_Ilosc DECIMAL(15, 4) NOT NULL,
  TwI_Rezerwacje DECIMAL(15, 4) NOT NULL DEFAULT 0,
  PRIMARY KEY (TwI_TwrId, TwI_MagId)
);

CREATE TABLE CDN.Kontrahenci (
  Knt_KntId SERIAL PRIMARY KEY,
  Knt_Kod VARCHAR(50) NOT NULL UNIQUE,
  Knt_Nazwa VARCHAR(255) NOT NULL,
  Knt_NIP VARCHAR(20),
  Knt_Email VARCHAR(127),
  Knt_Ulica VARCHAR(40),
  Knt_Miasto VARCHAR(40),
  Knt_KodPocztowy VARCHAR(10),
  Knt_KrajISO VARCHAR(2),
  Knt_TS_Mod TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3)
);

CREATE TABLE CDN.TraNag (
  TrN_TrNId SERIAL PRIMARY KEY,
  TrN_TypDokumentu INTEGER NOT NULL,
  TrN_NumerObcy VARCHAR(50) NOT NULL UNIQUE,
  TrN_NumerPelny VARCHAR(80) NOT NULL,
  TrN_DataDok DATE NOT NULL,
  TrN_PodId INTEGER,
  TrN_Waluta CHAR(5) NOT NULL,
  TrN_TypNB INTEGER NOT NULL DEFAULT 1,
  TrN_RazemBrutto DECIMAL(15, 2) NOT NULL CHECK (TrN_RazemBrutto >= 0),
  TrN_Bufor INTEGER NOT NULL DEFAULT 1,
  TrN_Anulowany INTEGER NOT NULL DEFAULT 0,
  TrN_TS_Mod TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3)
);

CREATE TABLE CDN.TraElem (
  TrE_TrNId INTEGER NOT NULL,
  TrE_Lp INTEGER NOT NULL,
  TrE_TwrId INTEGER,
  TrE_TwrNazwa VARCHAR(255),
  TrE_Ilosc DECIMAL(15, 4) NOT NULL,
  TrE_Cena DECIMAL(15, 4) NOT NULL,
  TrE_Stawka DECIMAL(15, 2),
  PRIMARY KEY (TrE_TrNId, TrE_Lp)
);

CREATE TABLE CDN.TraNagRelacje (
  TrR_TrRId SERIAL PRIMARY KEY,
  TrR_TrNTyp INTEGER NOT NULL,
  TrR_TrNId INTEGER NOT NULL,
  TrR_FaTyp INTEGER NOT NULL,
  TrR_FaId INTEGER NOT NULL
);

CREATE TABLE CDN.DokAtrybuty (
  DAt_DAtId SERIAL PRIMARY KEY,
  DAt_TrNId INTEGER,
  DAt_Kod VARCHAR(50) NOT NULL,
  DAt_WartoscTxt VARCHAR(1024) NOT NULL
);

INSERT INTO CDN.Towary (Twr_Kod, Twr_Nazwa, Twr_EAN, Twr_NieAktywny) VALUES
  ('LAMPA-01', 'Lampa stojąca', '5901234123457', 0),
  ('LAMPA-02', 'Lampa wisząca', NULL, 0),
  ('ZAROWKA', 'Żarówka LED 8 W', '', 0),
  ('STARA', 'Świecznik', NULL, 1);

INSERT INTO CDN.TwrCeny (TwC_TwrId, TwC_Nazwa, TwC_Typ, TwC_Wartosc) VALUES
  (1, 'hurtowa', 1, 81.3008), (1, 'detaliczna', 2, 119.0000), (2, 'detaliczna', 2, 249.9900), (3, 'detaliczna', 2, 0);

INSERT INTO CDN.Magazyny (Mag_Symbol) VALUES ('MAGAZYN'), ('SKLEP');

INSERT INTO CDN.TwrIlosci (TwI_TwrId, TwI_MagId, TwI_Ilosc, TwI_Rezerwacje) VALUES
  (1, 1, 12, 2), (1, 2, 1, 0), (2, 1, 0.5, 0);

INSERT INTO CDN.Kontrahenci (Knt_Kod, Knt_Nazwa, Knt_NIP, Knt_Miasto, Knt_KodPocztowy, Knt_KrajISO) VALUES
  ('KOWALSKI', 'Kowalski sp. z o.o.', 'PL5260250274', 'Warszawa', '00-001', 'PL');
